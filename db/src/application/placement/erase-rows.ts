import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { auditTenant } from "../../audit-tenant.ts";
import { type TenantTable, tenantTables } from "../tenant-tables.ts";
import { administrationQuery } from "../with-administration.ts";

/** Rows of one statement: well within its time limit, and short enough that others do not wait for its locks. */
const batch = 5_000;
/** Rest after each statement, as a share of its own time: whoever works in the other tenants' rows comes first. */
const restShare = 0.25;
/** Tables that may hold a million of a tenant's rows. Folders go leaf by leaf: each level refers to the one above. */
const large: Readonly<Partial<Record<TenantTable, string>>> = {
  "app.document_grams": "true",
  "app.documents": "true",
  "app.idempotency_keys": "true",
  "app.folders": "not exists (select from app.folders below where below.tenant_id = $T and below.parent_id = rows.folder_id)",
};

/**
 * Removes what a tenant has in one table of an application database, batch by batch, so that an attempt goes on where the one before
 * ended. Of the audit log only the details go; it has to be sealed before. Ends with the signal's reason.
 */
export async function eraseRows(pool: pg.Pool, tenantId: string, table: TenantTable, signal: AbortSignal): Promise<void> {
  if (tenantTables[table] === "kept") return table === "app.audit" ? eraseDetails(pool, tenantId, signal) : undefined;
  // They go with the placement that they refer to.
  if (table === "app.rate_buckets") return;
  const condition = large[table];
  const name = sql.raw(table);
  if (condition === undefined) {
    await administrationQuery(pool, tenantId, (tx) => tx.execute(sql`delete from ${name} where tenant_id = ${tenantId}`));
    return;
  }
  const [before = "", after] = condition.split("$T");
  const which = after === undefined ? sql.raw(before) : sql`${sql.raw(before)}${tenantId}${sql.raw(after)}`;
  await inBatches(signal, async () => {
    const { rowCount } = await administrationQuery(pool, tenantId, (tx) =>
      tx.execute(sql`
        delete from ${name} where tenant_id = ${tenantId}
          and ctid = any (array(select rows.ctid from ${name} rows where rows.tenant_id = ${tenantId} and ${which} limit ${batch}))`),
    );
    return rowCount ?? 0;
  });
}

async function eraseDetails(pool: pg.Pool, tenantId: string, signal: AbortSignal): Promise<void> {
  await inBatches(signal, async () => {
    const { rowCount } = await administrationQuery(pool, tenantId, (tx) =>
      tx.execute(sql`
        update app.audit set details = '{}', salt = null, sealed_details = null, erased_at = clock_timestamp()
        where tenant_id = ${tenantId} and ctid = any (array(
          select entries.ctid from app.audit entries where entries.tenant_id = ${tenantId} and entries.seq is not null and entries.erased_at is null
            and (entries.details <> '{}' or entries.sealed_details is not null) limit ${batch}))`),
    );
    return rowCount ?? 0;
  });
}

async function inBatches(signal: AbortSignal, erase: () => Promise<number>): Promise<void> {
  let erased: number;
  do {
    signal.throwIfAborted();
    const begun = performance.now();
    erased = await erase();
    await sleep((performance.now() - begun) * restShare, undefined, { signal }).catch(() => signal.throwIfAborted());
  } while (erased > 0);
}

/** How many of the tenant's rows hold something, as the role auditor sees them. */
export async function countRows(auditor: pg.Pool, tenantId: string, table: TenantTable): Promise<number> {
  const holding = table === "app.audit" ? "and (details <> '{}' or sealed_details is not null)" : "";
  const text = `select count(*)::integer as n from ${table} where tenant_id = $1 ${holding}`;
  const [found] = await auditTenant<{ n: number }>(auditor, tenantId, text);
  return found?.n ?? 0;
}

/** Documents and bytes that the tenant has stored, as its limits count them, under the role auditor; undefined when they are gone. */
export async function readStored(auditor: pg.Pool, tenantId: string): Promise<{ documents: number; bytes: number } | undefined> {
  const text = "select documents, stored_bytes as bytes from app.tenant_limits where tenant_id = $1";
  const [found] = await auditTenant<{ documents: string; bytes: string }>(auditor, tenantId, text);
  return found && { documents: Number(found.documents), bytes: Number(found.bytes) };
}
