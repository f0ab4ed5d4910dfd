import type { Pool } from "pg";
import { withinIdentity } from "./within-identity.ts";

const counting = `SELECT
  (SELECT count(*) FROM identity.users WHERE id = $1) + (SELECT count(*) FROM identity.accounts WHERE user_id = $1)
  + (SELECT count(*) FROM identity.sessions WHERE user_id = $1) + (SELECT count(*) FROM identity.pending_sign_ups WHERE user_id = $1)
  + (SELECT count(*) FROM identity.two_factors WHERE user_id = $1)
  + (SELECT count(*) FROM identity.verifications v WHERE v.value = $1 OR v.identifier = (SELECT email FROM identity.users WHERE id = $1)) AS count`;

/** How many rows the identity schema has of a person. */
export async function countAccountRows(identity: Pool, userId: string): Promise<number> {
  const { rows } = await identity.query<{ count: string }>(counting, [userId]);
  return Number(rows[0]?.count ?? 0);
}

/** Signs a person out everywhere. @returns how many sessions there were */
export async function endSessions(identity: Pool, userId: string): Promise<number> {
  const { rowCount } = await identity.query("DELETE FROM identity.sessions WHERE user_id = $1", [userId]);
  return rowCount ?? 0;
}

/** Ends some of a person's sessions, by their ids. */
export async function endSessionsById(identity: Pool, userId: string, ids: readonly string[]): Promise<void> {
  await identity.query("DELETE FROM identity.sessions WHERE user_id = $1 AND id = ANY ($2)", [userId, ids]);
}

/** Deletes everything that a person signs in with. The same again changes nothing. */
export async function deleteAccount(identity: Pool, userId: string): Promise<void> {
  await withinIdentity(identity, async (client) => {
    await client.query(
      "DELETE FROM identity.verifications v WHERE v.value = $1 OR v.identifier = (SELECT email FROM identity.users WHERE id = $1)",
      [userId],
    );
    await client.query("DELETE FROM identity.users WHERE id = $1", [userId]);
  });
}
