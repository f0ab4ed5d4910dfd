import type { Pool } from "pg";

export interface UserDescription {
  userId: string;
  name: string;
  email: string;
}

/** Names and addresses of people that the caller may know of: the ids come from rows that row-level security let through. */
export async function describeUsers(identity: Pool, userIds: readonly string[]): Promise<Map<string, UserDescription>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await identity.query<UserDescription>(`SELECT id AS "userId", name, email FROM identity.users WHERE id = ANY($1)`, [
    [...new Set(userIds)],
  ]);
  return new Map(rows.map((row) => [row.userId, row]));
}

/** The id of whoever has this address and has just proved that it is theirs to use. */
export async function findUserId(identity: Pool, email: string): Promise<string | undefined> {
  const { rows } = await identity.query<{ id: string }>("SELECT id FROM identity.users WHERE email = $1", [email]);
  return rows[0]?.id;
}

/** Whether somebody has this address, for the invitation whose token was mailed to it. */
export async function hasUser(identity: Pool, email: string): Promise<boolean> {
  const { rowCount } = await identity.query("SELECT FROM identity.users WHERE email = $1", [email]);
  return rowCount === 1;
}
