import type { TenantId } from "@leasehold/domain/ids";
import type { ExportRef } from "@leasehold/domain/offboarding/exports";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { exportPeopleRequest, requestMail } from "../../mail/request-mail.ts";
import { type ControlTransaction, controlQuery, withControl } from "../../with-control.ts";

/** Names and addresses for the tenant's next export, sealed to the worker: the control plane's own roles cannot look them up. */
export async function keepExportPeople(tx: ControlTransaction, tenantId: TenantId, sealed: string): Promise<void> {
  await tx.execute(sql`
    INSERT INTO control.export_people (tenant_id, sealed) VALUES (${tenantId}, ${sealed})
    ON CONFLICT (tenant_id) DO UPDATE SET sealed = ${sealed}, created_at = now()`);
}

/** As they were sealed; undefined when nobody has. */
export async function readExportPeople(pool: pg.Pool, tenantId: TenantId): Promise<string | undefined> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ sealed: string }>(sql`select sealed from control.export_people where tenant_id = ${tenantId}`),
  );
  return rows[0]?.sealed;
}

/**
 * Asks the portal to seal them for this export, unless somebody has. Idempotent by the export.
 * @returns when it was asked, the first time; undefined when they are there
 */
export function askForExportPeople(pool: pg.Pool, { tenantId, exportId }: ExportRef): Promise<Date | undefined> {
  const key = `${exportPeopleRequest}:${exportId}`;
  return withControl(pool, { tenantId }, async (tx) => {
    const { rowCount } = await tx.execute(sql`select from control.export_people where tenant_id = ${tenantId}`);
    if (rowCount === 1) return undefined;
    await requestMail(tx, { tenantId, key, template: exportPeopleRequest, props: {} });
    const { rows } = await tx.execute<{ at: string }>(sql`
      select created_at as at from control.mail_requests where tenant_id = ${tenantId} and request_key = ${key}`);
    return new Date(rows[0]?.at ?? Date.now());
  });
}

/** What the export has to do without; the manifest says so. The same again changes nothing. */
export async function noteMissing(pool: pg.Pool, { tenantId, exportId }: ExportRef, missing: string): Promise<void> {
  await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute(sql`
      update control.exports set missing = missing || ${missing}::text
      where tenant_id = ${tenantId} and export_id = ${exportId} and not missing @> array[${missing}::text]`),
  );
}

/** What was noted as missing so far. */
export async function readMissing(pool: pg.Pool, { tenantId, exportId }: ExportRef): Promise<string[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ missing: string[] }>(sql`select missing from control.exports where tenant_id = ${tenantId} and export_id = ${exportId}`),
  );
  return rows[0]?.missing ?? [];
}
