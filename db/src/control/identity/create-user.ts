import { randomUUID } from "node:crypto";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import type { PoolClient } from "pg";

export interface VerifiedUser {
  userId: string;
  outcome: "created" | "existing";
}

/**
 * The person with a proved address: the one who is there, whose password stays, or a new one with the given password's
 * hash. Two at once for one address wait for each other. Throws VALIDATION (`password-missing` on `password`) for a new one without.
 */
export async function ensureVerifiedUser(
  client: PoolClient,
  email: string,
  passwordHash: string | undefined,
  name: string,
): Promise<VerifiedUser> {
  const userId = newId("user");
  const created = await client.query(
    "INSERT INTO identity.users (id, name, email, email_verified) VALUES ($1, $2, $3, true) ON CONFLICT (email) DO NOTHING",
    [userId, name, email],
  );
  if (created.rowCount !== 1) {
    const { rows } = await client.query<{ id: string }>("SELECT id FROM identity.users WHERE email = $1", [email]);
    if (!rows[0]) throw new Error("a user went away while a sign-up was verified");
    return { userId: rows[0].id, outcome: "existing" };
  }
  if (!passwordHash)
    throw new DomainError("VALIDATION", "Choose a password for your account.", { field: "password", reason: "password-missing" });
  await client.query(
    "INSERT INTO identity.accounts (id, user_id, account_id, provider_id, password) VALUES ($1, $2, $2, 'credential', $3)",
    [randomUUID(), userId, passwordHash],
  );
  return { userId, outcome: "created" };
}
