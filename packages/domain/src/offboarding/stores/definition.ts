import type { StoreDisposition } from "../certificate.ts";
import type { OffboardingStep } from "../steps.ts";

export interface StoreDefinition {
  /** Its name in evidence and certificates: a table by its own name. */
  store: string;
  label: string;
  /** What of a tenant is in it. */
  holds: string;
  disposition: StoreDisposition;
  /** The step that counts it, takes away what goes, and looks again; absent where nothing is to be done. */
  step?: OffboardingStep;
  /** Why it is kept, or what makes it end. */
  note?: string;
}
