import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { keepExportPeople } from "../offboarding/exports/export-people.ts";
import { acrossTenants } from "../tenants/across-tenants.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";
import { queueMail } from "./queue-mail.ts";

/** A mail that somebody asked for whose readers' addresses they do not know. */
export interface UnaddressedMail {
  tenantId: TenantId;
  requestKey: string;
  template: string;
  props: Record<string, unknown>;
  held: boolean;
  createdAt: string;
}

const pageSize = 50;

/** The next mails, of whichever tenant, that nobody has addressed, oldest first, behind `after`. */
export async function listUnaddressedMail(pool: Pool, after?: UnaddressedMail): Promise<UnaddressedMail[]> {
  const { rows } = await acrossTenants(pool, "mail-addressing", (tx) =>
    tx.execute<UnaddressedMail & Record<string, unknown>>(sql`
      SELECT tenant_id AS "tenantId", request_key AS "requestKey", template, props, held, created_at::text AS "createdAt"
      FROM control.mail_requests WHERE addressed_at IS NULL AND failed_at IS NULL
        AND (${after?.createdAt ?? null}::timestamptz IS NULL
          OR (created_at, tenant_id, request_key) > (${after?.createdAt ?? null}::timestamptz, ${after?.tenantId ?? ""}, ${after?.requestKey ?? ""}))
      ORDER BY created_at, tenant_id, request_key LIMIT ${pageSize}`),
  );
  return rows;
}

/** A letter to one person: sealed, for the worker alone to open. */
export interface SealedLetter {
  userId: string;
  sealed: string;
}

/**
 * Queues a mail for each of its readers and marks it as addressed, in one transaction. Another process that does the same is left to it:
 * one mail at most for each reader and request. `people` are the tenant's, sealed for an export that has none.
 * @returns who has it
 */
export function addressMail(
  pool: Pool,
  { tenantId, requestKey, template, held }: UnaddressedMail,
  letters: readonly SealedLetter[],
  people?: string,
): Promise<"addressed" | "elsewhere"> {
  return withControl(pool, { tenantId }, async (tx) => {
    const locked = await tx.execute(sql`
      SELECT FROM control.mail_requests WHERE tenant_id = ${tenantId} AND request_key = ${requestKey} AND addressed_at IS NULL AND failed_at IS NULL FOR UPDATE SKIP LOCKED`);
    if (locked.rowCount !== 1) return "elsewhere";
    for (const { userId, sealed } of letters)
      await queueMail(tx, { dedupeKey: `${requestKey}:${userId}`, template, sealed, tenantId, held });
    if (people !== undefined && (await isExporting(tx, tenantId))) await keepExportPeople(tx, tenantId, people);
    await tx.execute(
      sql`UPDATE control.mail_requests SET addressed_at = now() WHERE tenant_id = ${tenantId} AND request_key = ${requestKey}`,
    );
    return "addressed";
  });
}

/** Whether an export is being built, or a closing is under way that makes one. */
async function isExporting(tx: ControlTransaction, tenantId: TenantId): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    SELECT FROM control.offboardings WHERE tenant_id = ${tenantId} AND with_export AND cancelled_at IS NULL AND shredding_at IS NULL
    UNION ALL SELECT FROM control.exports WHERE tenant_id = ${tenantId} AND state IN ('REQUESTED', 'RUNNING') LIMIT 1`);
  return rowCount === 1;
}
