import type { TenantId } from "@leasehold/domain/ids";
import type { Pool } from "pg";
import { ensureVerifiedUser, type VerifiedUser } from "./create-user.ts";
import { withinIdentity } from "./within-identity.ts";

export interface ClaimedSignUp {
  tenantId: TenantId;
  /** The address that was proved. */
  email: string;
  userId: string;
  outcome: VerifiedUser["outcome"] | "repeated";
}

/** Whose password becomes the account's: the one typed at sign-up, or the one that the mailbox's reader chose. */
export type ChosenPassword = "typed-at-sign-up" | { hash: string };

interface PendingRow {
  tenant_id: TenantId;
  email: string | null;
  password_hash: string | null;
  user_id: string | null;
  expired: boolean;
  account_email: string | null;
}

/**
 * Makes the account of a sign-up whose mailed secret was shown, or attaches the sign-up to the person who has that
 * address. Idempotent by sign-up. Undefined when the secret is not this sign-up's, or it has expired. Throws VALIDATION
 * (`password-missing` on `password`) when there is no account yet and no password for one.
 */
export async function claimPendingSignUp(
  identity: Pool,
  signUpId: string,
  verificationHash: string,
  chosen: ChosenPassword | undefined,
): Promise<ClaimedSignUp | undefined> {
  return withinIdentity(identity, async (client) => {
    const { rows } = await client.query<PendingRow>(
      `SELECT p.tenant_id, p.email, p.password_hash, p.user_id, p.expires_at < now() AS expired,
         (SELECT u.email FROM identity.users u WHERE u.id = p.user_id OR u.email = p.email) AS account_email
       FROM identity.pending_sign_ups p WHERE p.sign_up_id = $1 AND p.verification_hash = $2 FOR UPDATE OF p`,
      [signUpId, verificationHash],
    );
    const row = rows[0];
    if (!row) return undefined;
    if (row.user_id) return { tenantId: row.tenant_id, email: row.account_email ?? "", userId: row.user_id, outcome: "repeated" };
    if (row.expired || !row.email || !row.password_hash) return undefined;
    const hash = chosen === "typed-at-sign-up" ? row.password_hash : chosen?.hash;
    const user = await ensureVerifiedUser(client, row.email, hash, row.email.slice(0, row.email.indexOf("@")));
    await client.query("UPDATE identity.pending_sign_ups SET user_id = $2, email = NULL, password_hash = NULL WHERE sign_up_id = $1", [
      signUpId,
      user.userId,
    ]);
    return { tenantId: row.tenant_id, email: row.email, ...user };
  });
}

/** What a mailed secret is for, while its sign-up waits: the address, and whether that has an account. Undefined otherwise. */
export async function describePendingSignUp(
  identity: Pool,
  signUpId: string,
  verificationHash: string,
): Promise<{ tenantId: TenantId; email: string; hasAccount: boolean } | undefined> {
  const { rows } = await identity.query<{ tenantId: TenantId; email: string; hasAccount: boolean }>(
    `SELECT tenant_id AS "tenantId", email, EXISTS (SELECT FROM identity.users u WHERE u.email = p.email) AS "hasAccount"
     FROM identity.pending_sign_ups p WHERE sign_up_id = $1 AND verification_hash = $2 AND user_id IS NULL AND expires_at > now()`,
    [signUpId, verificationHash],
  );
  return rows[0];
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
