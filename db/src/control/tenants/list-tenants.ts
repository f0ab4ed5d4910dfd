import type { PlanId } from "@leasehold/domain/plans";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { type SQL, sql } from "drizzle-orm";
import type { Pool } from "pg";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { acrossTenants } from "./across-tenants.ts";
import { type SummaryRow, summaryColumns, summaryTables, type TenantSummary, toSummary } from "./tenant-summary.ts";

export const tenantSortKeys = ["created", "name", "slug", "plan", "state"] as const;
export type TenantSortKey = (typeof tenantSortKeys)[number];

export interface TenantListQuery {
  search?: string;
  states?: readonly TenantState[];
  plans?: readonly PlanId[];
  /** Only tenants with an operation that waits for a person. */
  attention?: boolean;
  /** Only tenants under a legal hold. */
  legalHold?: boolean;
  sort: TenantSortKey;
  direction: "asc" | "desc";
  cursor?: string;
  limit: number;
}

// Compared as text or as a timestamp: what the cursor carries is cast back by the column's own type.
const sortColumns: Record<TenantSortKey, { column: SQL; type: SQL }> = {
  created: { column: sql`t.created_at`, type: sql`timestamptz` },
  name: { column: sql`lower(t.name)`, type: sql`text` },
  slug: { column: sql`t.slug`, type: sql`text` },
  plan: { column: sql`t.plan`, type: sql`text` },
  state: { column: sql`t.state`, type: sql`text` },
};

type Row = SummaryRow & { sort_value: string };

/** A page of tenants in a stable order: equal sort values are ordered by id, and rows that arrive meanwhile shift nothing. */
export async function listTenants(pool: Pool, query: TenantListQuery): Promise<{ items: TenantSummary[]; nextCursor: string | null }> {
  const { column, type } = sortColumns[query.sort];
  const way = query.direction === "asc" ? sql`ASC` : sql`DESC`;
  const rows = await acrossTenants(pool, "tenant-list", async (tx) => {
    const result = await tx.execute<Row>(sql`
      SELECT ${summaryColumns}, (${column})::text AS sort_value
      FROM ${summaryTables}
      WHERE ${conditions(query, column, type)}
      ORDER BY ${column} ${way}, t.tenant_id ${way} LIMIT ${query.limit + 1}`);
    return result.rows;
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const nextCursor = rows.length > query.limit && last ? encodeCursor([last.sort_value, last.tenant_id]) : null;
  return { items: page.map(toSummary), nextCursor };
}

function conditions(query: TenantListQuery, column: SQL, type: SQL): SQL {
  const parts: SQL[] = [sql`true`];
  if (query.states?.length) parts.push(sql`t.state = ANY(${sql.param([...query.states])}::text[])`);
  if (query.plans?.length) parts.push(sql`t.plan = ANY(${sql.param([...query.plans])}::text[])`);
  if (query.attention) parts.push(sql`o.state IN ('NEEDS_ATTENTION', 'AWAITING_APPROVAL')`);
  if (query.legalHold)
    parts.push(sql`EXISTS (SELECT FROM control.legal_holds l WHERE l.tenant_id = t.tenant_id AND l.released_at IS NULL)`);
  const search = query.search?.trim();
  if (search) {
    const pattern = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
    parts.push(sql`(t.name ILIKE ${pattern} OR t.slug ILIKE ${pattern} OR t.tenant_id ILIKE ${pattern})`);
  }
  if (query.cursor) {
    const [value, tenantId] = decodeCursor(query.cursor);
    const beyond = query.direction === "asc" ? sql`>` : sql`<`;
    parts.push(sql`(${column}, t.tenant_id) ${beyond} (${value}::${type}, ${tenantId})`);
  }
  return sql.join(parts, sql` AND `);
}
