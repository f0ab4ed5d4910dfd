import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { controlQuery, withControl } from "../with-control.ts";

export interface OpenSessionEnd {
  tenantId: TenantId;
  requestId: string;
}

/** Whose sessions operators want ended, of all tenants; oldest first, at most 100. */
export async function listOpenSessionEnds(pool: Pool): Promise<OpenSessionEnd[]> {
  const { rows } = await crossTenants("session-ends", () =>
    controlQuery(pool, {}, (tx) =>
      tx.execute<OpenSessionEnd & Record<string, unknown>>(sql`
        SELECT tenant_id AS "tenantId", request_id AS "requestId" FROM control.session_ends
        WHERE ended_at IS NULL ORDER BY requested_at LIMIT 100`),
    ),
  );
  return rows;
}

/** Has the sessions ended, writes down how many there were, and forgets whose. One process at a time does it; the others leave it. */
export function answerSessionEnd(
  pool: Pool,
  { tenantId, requestId }: OpenSessionEnd,
  endSessions: (userId: string) => Promise<number>,
): Promise<"ended" | "left"> {
  return withControl(pool, { tenantId }, async (tx) => {
    const { rows } = await tx.execute<{ userId: string }>(sql`
      SELECT user_id AS "userId" FROM control.session_ends
      WHERE tenant_id = ${tenantId} AND request_id = ${requestId} AND ended_at IS NULL FOR UPDATE SKIP LOCKED`);
    if (rows[0] === undefined) return "left";
    const sessions = await endSessions(rows[0].userId);
    await tx.execute(sql`
      UPDATE control.session_ends SET user_id = NULL, sessions = ${sessions}, ended_at = clock_timestamp()
      WHERE tenant_id = ${tenantId} AND request_id = ${requestId}`);
    return "ended";
  });
}
