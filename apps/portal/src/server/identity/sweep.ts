import { deleteOutdated, deletePendingSignUp, listExpiredSignUps } from "@leasehold/db/control/identity/sweep-identity";
import { expireSignUp } from "@leasehold/db/control/onboarding/expire-sign-up";
import type { Logger } from "@leasehold/tenancy/logger";
import type { Pool } from "pg";

const everyMs = 10 * 60_000;

interface Swept {
  control: Pool;
  identity: Pool;
  logger: Logger;
}

/** Forgets what has run out. The catalog goes first, so that a crash between the two is made good by the next sweep. */
export async function sweepIdentity({ control, identity }: Omit<Swept, "logger">): Promise<void> {
  for (const signUp of await listExpiredSignUps(identity)) {
    await expireSignUp(control, signUp);
    await deletePendingSignUp(identity, signUp.signUpId);
  }
  await deleteOutdated(identity);
}

/** Sweeps every ten minutes, in every process: twice at once does no harm. @returns what stops it */
export function startSweeping(swept: Swept): () => void {
  const timer = setInterval(() => {
    sweepIdentity(swept).catch((error: unknown) =>
      swept.logger.warn({ err: error }, "sweeping the identity schema failed; trying again later"),
    );
  }, everyMs).unref();
  return () => clearInterval(timer);
}
