import type { TenantContext } from "@leasehold/domain/context";
import { type ExportId, type ExportRef, exportKeptDays, operationOfExport } from "@leasehold/domain/offboarding/exports";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { emitAudit } from "../../audit/emit-audit.ts";
import { requestMail } from "../../mail/request-mail.ts";
import { type ControlTransaction, withControl } from "../../with-control.ts";
import { exportMailKey } from "./request-export.ts";

export interface FinishedArchive {
  files: number;
  bytes: number;
  manifestSha256: string;
  indexName: string;
  /** What it had to do without, by the names of the manifest. */
  missing: readonly string[];
}

/**
 * The export can be downloaded: the mail that waits for it goes out, the people's names go, and earlier exports end.
 * @returns those whose objects are to be deleted; of one that has ended meanwhile, itself
 */
export function finishExport(pool: pg.Pool, ref: ExportRef, archive: FinishedArchive, requestId: string): Promise<ExportId[]> {
  const { tenantId, exportId } = ref;
  return withControl(pool, { tenantId }, async (tx) => {
    const { rowCount } = await tx.execute(sql`
      update control.exports set state = 'READY', ready_at = date_trunc('milliseconds', clock_timestamp()), files = ${archive.files}, bytes = ${archive.bytes},
        manifest_sha256 = ${archive.manifestSha256}, index_name = ${archive.indexName},
        missing = ${sql.param([...archive.missing])}::text[],
        expires_at = case when operation_id is null then date_trunc('milliseconds', clock_timestamp()) + make_interval(days => ${exportKeptDays}) end
      where tenant_id = ${tenantId} and export_id = ${exportId} and state = 'RUNNING'`);
    if (rowCount !== 1) return (await isReady(tx, ref)) ? [] : [exportId];
    const { rows } = await tx.execute<{ exportId: ExportId }>(sql`
      update control.exports set state = 'EXPIRED', ended_at = clock_timestamp()
      where tenant_id = ${tenantId} and export_id <> ${exportId} and state = 'READY'
        and (operation_id is null or exists (select from control.exports n where n.tenant_id = ${tenantId} and n.export_id = ${exportId} and n.operation_id is not null))
      returning export_id as "exportId"`);
    await endTraces(tx, ref);
    await tx.execute(sql`
      with released as (
        update control.mail_outbox set next_attempt_at = now()
        where tenant_id = ${tenantId} and dedupe_key = ${exportMailKey(exportId)} and next_attempt_at = 'infinity' returning mail_id)
      select pg_notify('mail', mail_id) from released`);
    const { files, bytes, manifestSha256 } = archive;
    await emitAudit(tx, asSystem(ref, requestId), "export.ready", exportId, { files, bytes, manifestSha256 });
    return rows.map((row) => row.exportId);
  });
}

/** The export ends without a file, and the owners are told why and what comes next; once more changes nothing. */
export function failExport(pool: pg.Pool, ref: ExportRef, failureCode: string, requestId: string): Promise<void> {
  return withControl(pool, { tenantId: ref.tenantId }, (tx) => failWithin(tx, ref, failureCode, requestId));
}

/** The same in a transaction of the caller's. */
export async function failWithin(tx: ControlTransaction, ref: ExportRef, failureCode: string, requestId: string): Promise<void> {
  const { tenantId, exportId } = ref;
  const { rowCount } = await tx.execute(sql`
    update control.exports set state = 'FAILED', failure_code = ${failureCode}, ended_at = clock_timestamp()
    where tenant_id = ${tenantId} and export_id = ${exportId} and state in ('REQUESTED', 'RUNNING')`);
  await tx.execute(sql`
    delete from control.mail_outbox where tenant_id = ${tenantId} and dedupe_key = ${exportMailKey(exportId)} and next_attempt_at = 'infinity'`);
  await endTraces(tx, ref);
  if (rowCount !== 1) return;
  await emitAudit(tx, asSystem(ref, requestId), "export.failed", exportId, { failureCode });
  await tellOwners(tx, ref, failureCode);
}

/** Of a workspace that is still theirs. */
async function tellOwners(tx: ControlTransaction, { tenantId, exportId }: ExportRef, failure: string): Promise<void> {
  const { rows } = await tx.execute<{ closing: boolean }>(sql`
    select e.operation_id is not null as closing from control.exports e join control.tenants t on t.tenant_id = e.tenant_id
    where e.tenant_id = ${tenantId} and e.export_id = ${exportId} and t.state in ('ACTIVE', 'SUSPENDED', 'CLOSING')`);
  if (rows[0] === undefined) return;
  const props = { exportId, failure, closing: rows[0].closing };
  await requestMail(tx, { tenantId, key: `export-failed:${exportId}`, template: "export-failed", props });
}

/**
 * What is due at `now`, by the clock of whoever asks. One that an offboarding made is kept while the tenant is being closed, and its days
 * begin when the closing was cancelled.
 * @returns `ended` also when it has ended before: its objects may still be there
 */
export function expireExport(
  pool: pg.Pool,
  ref: ExportRef,
  now: Date,
  requestId: string,
): Promise<{ outcome: "ended" } | { outcome: "kept"; until: Date | null }> {
  const { tenantId, exportId } = ref;
  return withControl(pool, { tenantId }, async (tx) => {
    await tx.execute(sql`
      update control.exports e set expires_at = ${now.toISOString()}::timestamptz + make_interval(days => ${exportKeptDays})
      where tenant_id = ${tenantId} and export_id = ${exportId} and state = 'READY' and expires_at is null
        and exists (select from control.tenants t where t.tenant_id = e.tenant_id and t.state in ('ACTIVE', 'SUSPENDED'))`);
    const { rows } = await tx.execute<{ expires_at: string | null }>(sql`
      select expires_at from control.exports
      where tenant_id = ${tenantId} and export_id = ${exportId} and state = 'READY' and (expires_at is null or expires_at > ${now.toISOString()}::timestamptz)`);
    if (rows[0] !== undefined)
      return { outcome: "kept", until: rows[0].expires_at === null ? null : new Date(rows[0].expires_at) } as const;
    await expireWithin(tx, ref, requestId);
    return { outcome: "ended" } as const;
  });
}

/** One that can be downloaded ends here and now, in a transaction of the caller's. */
export async function expireWithin(tx: ControlTransaction, ref: ExportRef, requestId: string): Promise<void> {
  const { tenantId, exportId } = ref;
  const { rowCount } = await tx.execute(sql`
    update control.exports set state = 'EXPIRED', ended_at = clock_timestamp()
    where tenant_id = ${tenantId} and export_id = ${exportId} and state = 'READY'`);
  if (rowCount === 1) await emitAudit(tx, asSystem(ref, requestId), "export.expired", exportId);
}

/** Names of people, and the list of parts, are of no use any more. */
async function endTraces(tx: ControlTransaction, { tenantId, exportId }: ExportRef): Promise<void> {
  await tx.execute(sql`delete from control.export_parts where tenant_id = ${tenantId} and export_id = ${exportId}`);
  await tx.execute(sql`
    delete from control.export_people where tenant_id = ${tenantId}
      and not exists (select from control.exports where tenant_id = ${tenantId} and export_id <> ${exportId} and state in ('REQUESTED', 'RUNNING'))`);
}

async function isReady(tx: ControlTransaction, { tenantId, exportId }: ExportRef): Promise<boolean> {
  const { rowCount } = await tx.execute(
    sql`select from control.exports where tenant_id = ${tenantId} and export_id = ${exportId} and state = 'READY'`,
  );
  return rowCount === 1;
}

function asSystem({ tenantId, exportId }: ExportRef, requestId: string): TenantContext {
  return { tenantId, actor: { type: "system", operationId: operationOfExport(exportId) }, requestId };
}
