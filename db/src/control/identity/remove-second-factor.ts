import type { Pool } from "pg";
import { withinIdentity } from "./within-identity.ts";

/** Which second factor a person has: a name for this very one, or null for none. One that was begun and not confirmed is none. */
export async function findSecondFactor(identity: Pool, userId: string): Promise<string | null> {
  const { rows } = await identity.query<{ factorId: string }>(
    `SELECT coalesce(t.id, u.id) AS "factorId" FROM identity.users u LEFT JOIN identity.two_factors t ON t.user_id = u.id
     WHERE u.id = $1 AND (u.two_factor_enabled OR t.verified)`,
    [userId],
  );
  return rows[0]?.factorId ?? null;
}

/**
 * Takes one second factor away and signs the person out everywhere. The same again leaves one that was set up since.
 * @returns how many sessions there were
 */
export function removeSecondFactor(identity: Pool, userId: string, factorId: string): Promise<number> {
  return withinIdentity(identity, async (client) => {
    await client.query("DELETE FROM identity.two_factors WHERE user_id = $1 AND id = $2", [userId, factorId]);
    await client.query(
      `UPDATE identity.users SET two_factor_enabled = false
       WHERE id = $1 AND NOT EXISTS (SELECT FROM identity.two_factors t WHERE t.user_id = $1 AND t.verified)`,
      [userId],
    );
    const { rowCount } = await client.query("DELETE FROM identity.sessions WHERE user_id = $1", [userId]);
    return rowCount ?? 0;
  });
}
