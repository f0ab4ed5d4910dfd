import type { FaultWorld } from "./fault-world.ts";

/** One thing that goes wrong in one way, and what must hold then. */
export interface ChaosCase {
  id: string;
  /** Throws when what must hold does not. Answers with how it ended. */
  run: (world: FaultWorld) => Promise<string>;
}

/** Longer than a step tries before its operation parks, and than its longest attempt; in milliseconds. */
export const patienceMs = 120_000;
