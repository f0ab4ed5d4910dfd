import type { TenantId } from "@leasehold/domain/ids";
import type { Pool } from "pg";
import { ensureVerifiedUser, type VerifiedUser } from "./create-user.ts";
import { withinIdentity } from "./within-identity.ts";

export interface ClaimedSignUp {
  tenantId: TenantId;
  userId: string;
  outcome: VerifiedUser["outcome"] | "repeated";
}

interface PendingRow {
  tenant_id: TenantId;
  email: string | null;
  password_hash: string | null;
  user_id: string | null;
  expired: boolean;
}

/**
 * Makes the account of a sign-up whose mailed secret was shown, or attaches the sign-up to the person who has that
 * address. Idempotent by sign-up. Undefined when the secret is not this sign-up's, or it has expired.
 */
export async function claimPendingSignUp(identity: Pool, signUpId: string, verificationHash: string): Promise<ClaimedSignUp | undefined> {
  return withinIdentity(identity, async (client) => {
    const { rows } = await client.query<PendingRow>(
      `SELECT tenant_id, email, password_hash, user_id, expires_at < now() AS expired FROM identity.pending_sign_ups
       WHERE sign_up_id = $1 AND verification_hash = $2 FOR UPDATE`,
      [signUpId, verificationHash],
    );
    const row = rows[0];
    if (!row) return undefined;
    if (row.user_id) return { tenantId: row.tenant_id, userId: row.user_id, outcome: "repeated" };
    if (row.expired || !row.email || !row.password_hash) return undefined;
    const user = await ensureVerifiedUser(client, row.email, row.password_hash, row.email.slice(0, row.email.indexOf("@")));
    await client.query("UPDATE identity.pending_sign_ups SET user_id = $2, email = NULL, password_hash = NULL WHERE sign_up_id = $1", [
      signUpId,
      user.userId,
    ]);
    return { tenantId: row.tenant_id, ...user };
  });
}

/** Sign-ups whose person is known while the catalog has not followed: what a crash between the two leaves behind. */
export async function listUnsettledSignUps(identity: Pool, userId: string): Promise<{ signUpId: string; tenantId: TenantId }[]> {
  const { rows } = await identity.query<{ signUpId: string; tenantId: TenantId }>(
    `SELECT sign_up_id AS "signUpId", tenant_id AS "tenantId" FROM identity.pending_sign_ups WHERE user_id = $1 AND settled_at IS NULL`,
    [userId],
  );
  return rows;
}

/** Notes that the catalog has followed. */
export async function settleSignUp(identity: Pool, signUpId: string): Promise<void> {
  await identity.query("UPDATE identity.pending_sign_ups SET settled_at = now() WHERE sign_up_id = $1 AND settled_at IS NULL", [signUpId]);
}
