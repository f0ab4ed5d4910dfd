import type { Pool } from "pg";

/** Ends every session of an operator, in whichever browser. `pool` is one of `identityPool`. */
export async function endSessions(pool: Pool, operatorId: string): Promise<void> {
  await pool.query("DELETE FROM sessions WHERE operator_id = $1", [operatorId]);
}

/** Takes the second factor off an operator's account. `pool` is one of `identityPool`. */
export async function forgetSecondFactor(pool: Pool, operatorId: string): Promise<void> {
  await pool.query(
    "WITH gone AS (DELETE FROM two_factors WHERE operator_id = $1) UPDATE operators SET two_factor_enabled = false WHERE id = $1",
    [operatorId],
  );
}
