import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import type { ExportId } from "@leasehold/domain/offboarding/exports";
import { isClosedBySuspension, type SuspensionAccess } from "@leasehold/domain/suspension/kinds";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../../audit/emit-audit.ts";
import { bodyHash } from "../../commands/body-hash.ts";
import { queueMail, type SealedMail } from "../../mail/queue-mail.ts";
import { type ControlTransaction, withControl } from "../../with-control.ts";
import { keepExportPeople } from "./export-people.ts";

export interface ExportRequest {
  idempotencyKey: string;
  /** Names and addresses of the tenant's people, sealed to the worker. */
  people: string;
  /** The mail for whoever asked, sealed ahead: goes out when the export can be downloaded. */
  mail: Pick<SealedMail, "template" | "sealed">;
}

const kind = "export-tenant";

/** The key of the mail that waits for an export. */
export function exportMailKey(exportId: ExportId): string {
  return `export-ready:${exportId}`;
}

/**
 * Writes the export, its command, the held mail and the audit row in one transaction; the worker builds it. The same idempotency key
 * gives the same export back.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `tenant-not-active`; CONFLICT `export-open`, `idempotency-key-reused`
 */
export function requestExport(
  pool: Pool,
  ctx: TenantContext,
  { idempotencyKey, people, mail }: ExportRequest,
): Promise<{ exportId: ExportId }> {
  const { tenantId } = ctx;
  const hash = bodyHash({ tenantId, kind });
  const exportId = newId("export");
  return withControl(pool, { tenantId }, async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`command:${idempotencyKey}`}, 0))`);
    const repeated = await findRepeated(tx, tenantId, idempotencyKey, hash);
    if (repeated !== undefined) return { exportId: repeated };
    await refuseRequest(tx, tenantId);
    await tx.execute(sql`
      INSERT INTO control.exports (tenant_id, export_id, requested_by) VALUES (${tenantId}, ${exportId}, ${actorRef(ctx.actor)})`);
    await keepExportPeople(tx, tenantId, people);
    await queueMail(tx, { ...mail, dedupeKey: exportMailKey(exportId), tenantId, held: true });
    await tx.execute(sql`
      INSERT INTO control.commands (tenant_id, command_id, kind, idempotency_key, body_hash, actor, request_id, payload)
      VALUES (${tenantId}, ${newId("command")}, ${kind}, ${idempotencyKey}, ${hash}, ${actorRef(ctx.actor)}, ${ctx.requestId},
        ${JSON.stringify({ exportId })}::jsonb)`);
    await emitAudit(tx, ctx, "export.requested", exportId);
    return { exportId };
  });
}

async function findRepeated(tx: ControlTransaction, tenantId: string, idempotencyKey: string, hash: string): Promise<ExportId | undefined> {
  const { rows } = await tx.execute<{ kind: string; hash: string; exportId: ExportId }>(sql`
    SELECT kind, body_hash AS hash, payload ->> 'exportId' AS "exportId" FROM control.commands
    WHERE tenant_id = ${tenantId} AND idempotency_key = ${idempotencyKey}`);
  const [row] = rows;
  if (row === undefined || (row.kind === kind && row.hash === hash)) return row?.exportId;
  throw new DomainError("CONFLICT", "This idempotency key was used for another request. Send a new key.", {
    reason: "idempotency-key-reused",
  });
}

/** Open for work, being closed, or suspended so that its owners read it: what is in it can be taken out. */
const isExportable = (tenant: { state: string; suspendedAccess: SuspensionAccess | null }) =>
  ["ACTIVE", "CLOSING", "SUSPENDED"].includes(tenant.state) && !isClosedBySuspension(tenant);

async function refuseRequest(tx: ControlTransaction, tenantId: string): Promise<void> {
  const { rows } = await tx.execute<{ state: string; suspendedAccess: SuspensionAccess | null; open: boolean }>(sql`
    SELECT t.state, t.suspended_access AS "suspendedAccess", EXISTS (SELECT FROM control.exports e WHERE e.tenant_id = t.tenant_id AND e.state IN ('REQUESTED', 'RUNNING')) AS open
    FROM control.tenants t WHERE t.tenant_id = ${tenantId}`);
  const [tenant] = rows;
  if (tenant === undefined) throw new DomainError("NOT_FOUND", "There is no such workspace.", { reason: "tenant-unknown" });
  if (!isExportable(tenant)) {
    throw new DomainError("PRECONDITION_FAILED", "The workspace cannot be exported right now. Its pages show where it is.", {
      reason: "tenant-not-active",
    });
  }
  if (!tenant.open) return;
  throw new DomainError("CONFLICT", "An export is being built already. It is ready soon.", { reason: "export-open" });
}
