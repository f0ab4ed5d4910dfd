import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/** The kind of resource that a grant on a customer's key is, named by the key. */
export const grantKind = "kms-grant";

/** Notes a grant as intended before it is asked for, and by its id as soon as it is there. */
export async function noteGrant(
  pool: pg.Pool,
  grant: { tenantId: TenantId; operationId: OperationId; keyArn: string; grantId?: string },
): Promise<void> {
  const { tenantId, operationId, keyArn, grantId } = grant;
  await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute(sql`
      insert into control.resources (tenant_id, kind, name, operation_id, ref, state, made_at)
      values (${tenantId}, ${grantKind}, ${keyArn}, ${operationId}, ${grantId ?? null}, ${grantId === undefined ? "INTENDED" : "MADE"},
        ${grantId === undefined ? null : new Date()})
      on conflict (tenant_id, kind, name) do update set ref = coalesce(excluded.ref, control.resources.ref), operation_id = excluded.operation_id,
        state = case when excluded.ref is null and control.resources.state = 'MADE' then 'MADE' else excluded.state end,
        made_at = coalesce(excluded.made_at, control.resources.made_at), released_at = null`),
  );
}

/** Grants of a tenant that are, or may be, there. */
export async function listGrants(pool: pg.Pool, tenantId: TenantId): Promise<{ keyArn: string; grantId: string | null }[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ keyArn: string; grantId: string | null }>(sql`
      select name as "keyArn", ref as "grantId" from control.resources
      where tenant_id = ${tenantId} and kind = ${grantKind} and state <> 'RELEASED' order by name`),
  );
  return rows;
}

export async function noteGrantReleased(pool: pg.Pool, { tenantId, keyArn }: { tenantId: TenantId; keyArn: string }): Promise<void> {
  await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute(sql`
      update control.resources set state = 'RELEASED', released_at = clock_timestamp()
      where tenant_id = ${tenantId} and kind = ${grantKind} and name = ${keyArn}`),
  );
}

/** What the platform wraps the tenant's data keys by: the ARN of the key that was made for it, or `epoch:<pool>`; undefined when there is neither. */
export async function findPlatformKey(pool: pg.Pool, tenantId: TenantId): Promise<string | undefined> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ ref: string }>(sql`
      select ref from control.resources where tenant_id = ${tenantId} and kind in ('kms-key', 'epoch') and state = 'MADE' and ref is not null`),
  );
  return rows[0]?.ref;
}
