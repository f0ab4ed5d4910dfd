import type { Pool } from "pg";

export interface OperatorAccount {
  operatorId: string;
  name: string;
  email: string;
  createdAt: Date;
  hasSecondFactor: boolean;
  /** Of a session that still holds, or did within its life; null when there is none. */
  lastSignInAt: Date | null;
}

/** Everybody who can sign in to the console, oldest account first. `pool` is one of `identityPool`. */
export async function listAccounts(pool: Pool): Promise<OperatorAccount[]> {
  const { rows } = await pool.query<OperatorAccount>(`
    SELECT o.id AS "operatorId", o.name, o.email, o.created_at AS "createdAt", o.two_factor_enabled AS "hasSecondFactor", max(s.created_at) AS "lastSignInAt"
    FROM operators o LEFT JOIN sessions s ON s.operator_id = o.id GROUP BY o.id ORDER BY o.created_at, o.id`);
  return rows;
}
