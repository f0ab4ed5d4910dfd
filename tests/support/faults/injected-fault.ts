/** A fault that waits for what it is aimed at. */
export interface InjectedFault {
  /** How often it struck. */
  hits(): number;
  /** Ends it; whatever it holds is let go by ending its connection. */
  lift(): void;
}
