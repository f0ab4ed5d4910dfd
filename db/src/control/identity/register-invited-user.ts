import { DomainError } from "@leasehold/domain/errors";
import type { Pool } from "pg";
import { ensureVerifiedUser } from "./create-user.ts";
import { withinIdentity } from "./within-identity.ts";

/**
 * An account for somebody who opened an invitation: the mailed token proves the address.
 * Throws CONFLICT (`account-exists`) when the address has one, whose password is not to be replaced.
 */
export async function registerInvitedUser(identity: Pool, user: { email: string; name: string; passwordHash: string }): Promise<string> {
  return withinIdentity(identity, async (client) => {
    const made = await ensureVerifiedUser(client, user.email, user.passwordHash, user.name);
    if (made.outcome === "created") return made.userId;
    throw new DomainError("CONFLICT", "You have an account already. Sign in to accept the invitation.", { reason: "account-exists" });
  });
}
