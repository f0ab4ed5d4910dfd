import type { Pool } from "pg";

const hourMs = 3_600_000;

/** How long people and operators stay signed in, however much they do: after that they sign in again. */
export const longestSessionMs = { portal: 30 * 24 * hourMs, console: 24 * hourMs } as const;

/** Sessions that one account has at once. */
export const mostSessions = 20;

/** Whether a session that has not expired is over all the same, by its age. */
export function isOver({ createdAt }: { createdAt: Date }, app: keyof typeof longestSessionMs): boolean {
  return Date.now() - createdAt.getTime() >= longestSessionMs[app];
}

/** Ends the oldest sessions of an account beyond the most that it has. `person` is the column that they belong by. */
export async function endOldestSessions(identity: Pool, person: "user_id" | "operator_id", id: string): Promise<void> {
  await identity.query(
    `DELETE FROM sessions WHERE ${person} = $1 AND id NOT IN (SELECT id FROM sessions WHERE ${person} = $1 ORDER BY created_at DESC LIMIT $2)`,
    [id, mostSessions],
  );
}
