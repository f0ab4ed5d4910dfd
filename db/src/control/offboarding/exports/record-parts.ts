import { DomainError } from "@leasehold/domain/errors";
import type { ExportRef } from "@leasehold/domain/offboarding/exports";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery, withControl } from "../../with-control.ts";

/** Where the building of an export goes on. Opaque to the database: an equal one is the same place. */
export interface ExportCursor {
  /** The part of the tenant that is walked over. */
  source: string;
  /** Of the next part of its section, from 0. */
  number: number;
  /** What the next page begins after, in the source's own terms. */
  after: string;
}

export interface ExportPart {
  section: string;
  number: number;
  /** Of the object under the export's prefix. */
  name: string;
  bytes: number;
}

export interface BegunExport {
  cursor: ExportCursor;
  operationId: string | null;
  frozen: boolean;
  createdAt: Date;
  startedAt: Date;
}

/**
 * The export is being built from here on, or where an earlier attempt has left it. `frozen` is what its first attempt found.
 * Throws PRECONDITION_FAILED (`export-not-open`) when it has ended.
 */
export async function beginExport(pool: pg.Pool, { tenantId, exportId }: ExportRef, first: ExportCursor): Promise<BegunExport> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ cursor: ExportCursor; operation_id: string | null; frozen: boolean; created_at: string; started_at: string }>(sql`
      update control.exports e set state = 'RUNNING', started_at = coalesce(started_at, clock_timestamp()),
        cursor = coalesce(cursor, ${JSON.stringify(first)}::jsonb),
        frozen = case when cursor is null then (select t.state = 'CLOSING' from control.tenants t where t.tenant_id = e.tenant_id) else frozen end
      where tenant_id = ${tenantId} and export_id = ${exportId} and state in ('REQUESTED', 'RUNNING')
      returning cursor, operation_id, frozen, created_at, started_at`),
  );
  const [row] = rows;
  if (row === undefined) throw notOpen();
  const { cursor, frozen } = row;
  return { cursor, frozen, operationId: row.operation_id, createdAt: new Date(row.created_at), startedAt: new Date(row.started_at) };
}

export interface RecordedPage {
  parts: readonly ExportPart[];
  next: ExportCursor;
  documents?: number;
  unreadable?: number;
  documentBytes?: number;
  documentsExpected?: number;
  bytesExpected?: number;
  keyVersion?: number;
}

/**
 * Records a page's parts and where the building goes on, if it still is where the page began: of two attempts at a page one counts,
 * and the other is told. Throws PRECONDITION_FAILED (`export-not-open`), UNAVAILABLE (`export-page-recorded`).
 */
export function recordPage(pool: pg.Pool, { tenantId, exportId }: ExportRef, from: ExportCursor, page: RecordedPage): Promise<void> {
  const {
    parts,
    next,
    documents = 0,
    unreadable = 0,
    documentBytes = 0,
    documentsExpected = null,
    bytesExpected = null,
    keyVersion = null,
  } = page;
  return withControl(pool, { tenantId }, async (tx) => {
    const { rows } = await tx.execute<{ state: string; here: boolean }>(sql`
      select state, cursor = ${JSON.stringify(from)}::jsonb as here from control.exports
      where tenant_id = ${tenantId} and export_id = ${exportId} for update`);
    if (rows[0]?.state !== "RUNNING") throw notOpen();
    if (!rows[0].here) {
      throw new DomainError("UNAVAILABLE", "Another attempt has built this page.", { reason: "export-page-recorded" });
    }
    await tx.execute(sql`
      insert into control.export_parts (tenant_id, export_id, section, number, name, bytes)
      select ${tenantId}, ${exportId}, p.section, p.number, p.name, p.bytes
      from jsonb_to_recordset(${JSON.stringify(parts)}::jsonb) as p (section text, number integer, name text, bytes bigint)`);
    await tx.execute(sql`
      update control.exports set cursor = ${JSON.stringify(next)}::jsonb, documents = documents + ${documents}, unreadable = unreadable + ${unreadable},
        document_bytes = document_bytes + ${documentBytes}, documents_expected = coalesce(${documentsExpected}, documents_expected),
        bytes_expected = coalesce(${bytesExpected}, bytes_expected), key_version = least(key_version, ${keyVersion})
      where tenant_id = ${tenantId} and export_id = ${exportId}`);
  });
}

/** Parts of an export in their order, a page at a time: after the section and number of the last. */
export async function listParts(
  pool: pg.Pool,
  { tenantId, exportId }: ExportRef,
  after: { section: string; number: number },
  limit: number,
): Promise<ExportPart[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ section: string; number: number; name: string; bytes: string }>(sql`
      select section, number, name, bytes from control.export_parts
      where tenant_id = ${tenantId} and export_id = ${exportId} and section <> 'layout' and (section collate "C", number) > (${after.section} collate "C", ${after.number})
      order by section collate "C", number limit ${limit}`),
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/** Of one section, in their order. */
export async function listSection(pool: pg.Pool, { tenantId, exportId }: ExportRef, section: string): Promise<ExportPart[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ section: string; number: number; name: string; bytes: string }>(sql`
      select section, number, name, bytes from control.export_parts
      where tenant_id = ${tenantId} and export_id = ${exportId} and section = ${section} order by number`),
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

function notOpen(): DomainError {
  return new DomainError("PRECONDITION_FAILED", "The export is not being built any more.", { reason: "export-not-open" });
}
