import type { Pool } from "pg";

/** Ends every session of an operator, in whichever browser. `pool` is one of `identityPool`. */
export async function endSessions(pool: Pool, operatorId: string): Promise<void> {
  await pool.query("DELETE FROM sessions WHERE operator_id = $1", [operatorId]);
}
