import type { Pool } from "pg";

export interface PendingSignUp {
  signUpId: string;
  tenantId: string;
  /** Lower case. */
  email: string;
  passwordHash: string;
  verificationHash: string;
  expiresAt: Date;
}

/** Keeps what an account will be made of, until the address is verified. Idempotent by sign-up. */
export async function savePendingSignUp(identity: Pool, pending: PendingSignUp): Promise<void> {
  await identity.query(
    `INSERT INTO identity.pending_sign_ups (sign_up_id, tenant_id, email, password_hash, verification_hash, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [pending.signUpId, pending.tenantId, pending.email, pending.passwordHash, pending.verificationHash, pending.expiresAt],
  );
}

/** The hash of the password that a sign-up was asked for with, while it waits for its verification. */
export async function findPendingPassword(identity: Pool, signUpId: string): Promise<string | undefined> {
  const { rows } = await identity.query<{ hash: string }>(
    "SELECT password_hash AS hash FROM identity.pending_sign_ups WHERE sign_up_id = $1 AND password_hash IS NOT NULL",
    [signUpId],
  );
  return rows[0]?.hash;
}

/** The address that a sign-up waits for, while it waits. */
export async function pendingEmail(identity: Pool, signUpId: string): Promise<string | undefined> {
  const { rows } = await identity.query<{ email: string }>(
    "SELECT email FROM identity.pending_sign_ups WHERE sign_up_id = $1 AND user_id IS NULL AND expires_at > now()",
    [signUpId],
  );
  return rows[0]?.email;
}
