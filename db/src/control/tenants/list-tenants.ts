import type { OperationKind, OperationState, StepState } from "@leasehold/domain/operations";
import type { Placement } from "@leasehold/domain/placement";
import type { PlanId } from "@leasehold/domain/plans";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { type SQL, sql } from "drizzle-orm";
import type { Pool } from "pg";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { acrossTenants } from "./across-tenants.ts";

export const tenantSortKeys = ["created", "name", "slug", "plan", "state"] as const;
export type TenantSortKey = (typeof tenantSortKeys)[number];

export interface TenantListQuery {
  search?: string;
  states?: readonly TenantState[];
  plans?: readonly PlanId[];
  /** Only tenants with an operation that waits for a person. */
  attention?: boolean;
  sort: TenantSortKey;
  direction: "asc" | "desc";
  cursor?: string;
  limit: number;
}

export interface TenantListItem {
  tenantId: string;
  name: string;
  slug: string;
  plan: PlanId;
  region: string;
  state: TenantState;
  placement: Placement | null;
  createdAt: Date;
  operation: { operationId: string; kind: OperationKind; state: OperationState; step: string | null; stepState: StepState | null } | null;
}

// Compared as text or as a timestamp: what the cursor carries is cast back by the column's own type.
const sortColumns: Record<TenantSortKey, { column: SQL; type: SQL }> = {
  created: { column: sql`t.created_at`, type: sql`timestamptz` },
  name: { column: sql`lower(t.name)`, type: sql`text` },
  slug: { column: sql`t.slug`, type: sql`text` },
  plan: { column: sql`t.plan`, type: sql`text` },
  state: { column: sql`t.state`, type: sql`text` },
};

const openStates = sql`('AWAITING_APPROVAL', 'REQUESTED', 'RUNNING', 'NEEDS_ATTENTION', 'ROLLING_BACK')`;

type Row = {
  tenant_id: string;
  name: string;
  slug: string;
  plan: PlanId;
  region: string;
  state: TenantState;
  placement: Placement | null;
  created_at: string;
  sort_value: string;
  operation_id: string | null;
  operation_kind: OperationKind;
  operation_state: OperationState;
  step: string | null;
  step_state: StepState | null;
};

/** A page of tenants in a stable order: equal sort values are ordered by id, and rows that arrive meanwhile shift nothing. */
export async function listTenants(pool: Pool, query: TenantListQuery): Promise<{ items: TenantListItem[]; nextCursor: string | null }> {
  const { column, type } = sortColumns[query.sort];
  const way = query.direction === "asc" ? sql`ASC` : sql`DESC`;
  const rows = await acrossTenants(pool, "tenant-list", async (tx) => {
    const result = await tx.execute<Row>(sql`
      SELECT t.tenant_id, t.name, t.slug, t.plan, t.region, t.state, t.placement, t.created_at, (${column})::text AS sort_value,
        o.operation_id, o.kind AS operation_kind, o.state AS operation_state, coalesce(o.attention_step, s.step) AS step, s.state AS step_state
      FROM control.tenants t
      LEFT JOIN LATERAL (
        SELECT * FROM control.operations o WHERE o.tenant_id = t.tenant_id AND o.state IN ${openStates} ORDER BY o.created_at DESC LIMIT 1
      ) o ON true
      LEFT JOIN LATERAL (
        SELECT s.step, s.state FROM control.operation_steps s
        WHERE s.tenant_id = o.tenant_id AND s.operation_id = o.operation_id AND s.state IN ('RUNNING', 'RETRYING', 'UNDOING', 'FAILED')
        ORDER BY (s.state = 'FAILED') DESC, s.position LIMIT 1
      ) s ON true
      WHERE ${conditions(query, column, type)}
      ORDER BY ${column} ${way}, t.tenant_id ${way} LIMIT ${query.limit + 1}`);
    return result.rows;
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const nextCursor = rows.length > query.limit && last ? encodeCursor([last.sort_value, last.tenant_id]) : null;
  return { items: page.map(toItem), nextCursor };
}

function conditions(query: TenantListQuery, column: SQL, type: SQL): SQL {
  const parts: SQL[] = [sql`true`];
  if (query.states?.length) parts.push(sql`t.state = ANY(${sql.param([...query.states])}::text[])`);
  if (query.plans?.length) parts.push(sql`t.plan = ANY(${sql.param([...query.plans])}::text[])`);
  if (query.attention) parts.push(sql`o.state IN ('NEEDS_ATTENTION', 'AWAITING_APPROVAL')`);
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

function toItem(row: Row): TenantListItem {
  return {
    tenantId: row.tenant_id,
    name: row.name,
    slug: row.slug,
    plan: row.plan,
    region: row.region,
    state: row.state,
    placement: row.placement,
    createdAt: new Date(row.created_at),
    operation: row.operation_id
      ? { operationId: row.operation_id, kind: row.operation_kind, state: row.operation_state, step: row.step, stepState: row.step_state }
      : null,
  };
}
