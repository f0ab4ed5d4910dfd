import type { TenantId } from "@leasehold/domain/ids";
import type { Pool } from "pg";

export interface ExpiredSignUp {
  signUpId: string;
  tenantId: TenantId;
}

/** Sign-ups whose link nobody opened in time; at most 500, oldest first. */
export async function listExpiredSignUps(identity: Pool): Promise<ExpiredSignUp[]> {
  const { rows } = await identity.query<ExpiredSignUp>(
    `SELECT sign_up_id AS "signUpId", tenant_id AS "tenantId" FROM identity.pending_sign_ups
     WHERE user_id IS NULL AND expires_at < now() ORDER BY expires_at LIMIT 500`,
  );
  return rows;
}

/** Forgets the address and the password hash of a sign-up that has expired. */
export async function deletePendingSignUp(identity: Pool, signUpId: string): Promise<void> {
  await identity.query("DELETE FROM identity.pending_sign_ups WHERE sign_up_id = $1 AND user_id IS NULL AND expires_at < now()", [
    signUpId,
  ]);
}

/** Deletes sessions and mailed secrets that have run out, and counts of attempts whose longest window is over. */
export async function deleteOutdated(identity: Pool): Promise<void> {
  await identity.query("DELETE FROM identity.sessions WHERE expires_at < now()");
  await identity.query("DELETE FROM identity.verifications WHERE expires_at < now()");
  await identity.query("DELETE FROM identity.attempts WHERE window_started_at < now() - interval '1 day'");
}
