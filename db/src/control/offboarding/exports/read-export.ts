import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { ExportId, ExportState } from "@leasehold/domain/offboarding/exports";
import { type SQL, sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../../with-control.ts";

/** An export as its tenant sees it. Counts and bytes grow while it is built. */
export interface TenantExport {
  exportId: ExportId;
  operationId: OperationId | null;
  requestedBy: string;
  state: ExportState;
  /** Nothing could change while it was built. */
  frozen: boolean;
  documents: number;
  documentsExpected: number | null;
  unreadable: number;
  /** What it had to do without, by name: `members.names`. */
  missing: string[];
  documentBytes: number;
  bytesExpected: number | null;
  /** Of the archive. */
  files: number | null;
  bytes: number | null;
  manifestSha256: string | null;
  indexName: string | null;
  createdAt: Date;
  startedAt: Date | null;
  readyAt: Date | null;
  expiresAt: Date | null;
  endedAt: Date | null;
  failureCode: string | null;
}

const shown = 20;

/** The latest exports of a tenant, newest first. */
export function listExports(pool: pg.Pool, tenantId: TenantId): Promise<TenantExport[]> {
  return read(pool, tenantId, sql`true`);
}

/** One export; undefined when the tenant has none of that id. */
export async function findExport(pool: pg.Pool, tenantId: TenantId, exportId: string): Promise<TenantExport | undefined> {
  return (await read(pool, tenantId, sql`export_id = ${exportId}`))[0];
}

/** The last export that an offboarding asked for. */
export async function findExportOf(pool: pg.Pool, tenantId: TenantId, operationId: OperationId): Promise<TenantExport | undefined> {
  return (await read(pool, tenantId, sql`operation_id = ${operationId}`))[0];
}

async function read(pool: pg.Pool, tenantId: TenantId, which: SQL): Promise<TenantExport[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<Record<string, unknown>>(sql`
      select export_id, operation_id, requested_by, state, frozen, documents, documents_expected, unreadable, missing, document_bytes, bytes_expected,
        files, bytes, manifest_sha256, index_name, created_at, started_at, ready_at, expires_at, ended_at, failure_code
      from control.exports where tenant_id = ${tenantId} and ${which} order by created_at desc, export_id desc limit ${shown}`),
  );
  return rows.map((row) => ({
    exportId: row.export_id as ExportId,
    operationId: row.operation_id as OperationId | null,
    requestedBy: String(row.requested_by),
    state: row.state as ExportState,
    frozen: row.frozen === true,
    documents: Number(row.documents),
    documentsExpected: numberOf(row.documents_expected),
    unreadable: Number(row.unreadable),
    missing: row.missing as string[],
    documentBytes: Number(row.document_bytes),
    bytesExpected: numberOf(row.bytes_expected),
    files: numberOf(row.files),
    bytes: numberOf(row.bytes),
    manifestSha256: row.manifest_sha256 as string | null,
    indexName: row.index_name as string | null,
    createdAt: new Date(String(row.created_at)),
    startedAt: dateOf(row.started_at),
    readyAt: dateOf(row.ready_at),
    expiresAt: dateOf(row.expires_at),
    endedAt: dateOf(row.ended_at),
    failureCode: row.failure_code as string | null,
  }));
}

const numberOf = (value: unknown) => (value === null ? null : Number(value));
const dateOf = (value: unknown) => (value === null ? null : new Date(String(value)));
