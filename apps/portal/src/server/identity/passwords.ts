import { createFairQueue } from "@leasehold/tenancy/limits/fair-queue";
import * as slow from "better-auth/crypto";

/**
 * Hashing takes one of node's four threads each time, on which new connections to the database wait as well (SCRAM): two at once leave
 * some for them, however many people sign in.
 */
const turns = createFairQueue({ slots: 2, slotsPerTenant: 2, waitMs: 15_000 });

/** A password as it is kept. Throws UNAVAILABLE (`busy`) when its turn does not come in 15 seconds. */
export function hashPassword(password: string): Promise<string> {
  return turns.run("", () => slow.hashPassword(password));
}

/** Whether a password is the one that a hash was made of. Throws UNAVAILABLE (`busy`) when its turn does not come in 15 seconds. */
export function verifyPassword(kept: { hash: string; password: string }): Promise<boolean> {
  return turns.run("", () => slow.verifyPassword(kept));
}
