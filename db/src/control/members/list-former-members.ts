import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { controlQuery } from "../with-control.ts";

export interface FormerMember {
  userId: string;
  leftAt: Date;
}

/** Far more than anybody erases by hand; the newest are shown. */
const shown = 100;

/** People who left or were removed, are not back, and whose erasure is neither done nor under way; the last to go first. */
export async function listFormerMembers(pool: Pool, tenantId: TenantId): Promise<FormerMember[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ userId: string; left: string }>(sql`
      SELECT a.target AS "userId", max(a.created_at) AS left FROM control.audit a
      WHERE a.tenant_id = ${tenantId} AND a.action IN ('member.left', 'member.removed') AND a.erased_at IS NULL
        AND NOT EXISTS (SELECT FROM control.members m WHERE m.tenant_id = a.tenant_id AND m.user_id = a.target)
        AND NOT EXISTS (SELECT FROM control.person_erasures e WHERE e.tenant_id = a.tenant_id AND e.user_id = a.target)
      GROUP BY a.target ORDER BY max(a.created_at) DESC, a.target LIMIT ${shown}`),
  );
  return rows.map(({ userId, left }) => ({ userId, leftAt: new Date(left) }));
}
