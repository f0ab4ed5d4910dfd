import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import type { SuspensionAccess, SuspensionKind } from "@leasehold/domain/suspension/kinds";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { bodyHash } from "../commands/body-hash.ts";
import { findCommand, type RequestedCommand, requestCommand } from "../commands/request-command.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";

/** What an operator asks for. The reason is the operators' own: the tenant is told the kind. At most 500 characters. */
export type SuspensionRequest = { reason: string; idempotencyKey: string } & (
  | { action: "suspend"; kind: SuspensionKind; access: SuspensionAccess }
  | { action: "resume" }
);

const commandOf = { suspend: "suspend-tenant", resume: "resume-tenant" } as const;

/**
 * Writes the operation, what was decided, the command and the audit row in one transaction; the worker carries it out. The same
 * idempotency key and body give the same operation back.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `tenant-not-active`, `tenant-not-suspended`; CONFLICT `operation-open`,
 * `idempotency-key-reused`
 */
export function requestSuspension(pool: Pool, ctx: TenantContext, request: SuspensionRequest): Promise<RequestedCommand> {
  const { tenantId } = ctx;
  const { reason, idempotencyKey, ...asked } = request;
  const kind = commandOf[asked.action];
  const body = { tenantId, reason, ...asked };
  return withControl(pool, { tenantId }, async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`command:${idempotencyKey}`}, 0))`);
    const repeated = await findCommand(tx, idempotencyKey, kind, bodyHash(body));
    if (repeated) return repeated;
    await requireState(tx, tenantId, asked.action);
    const operationId = newId("operation");
    const by = actorRef(ctx.actor);
    const [why, access] = asked.action === "suspend" ? [asked.kind, asked.access] : [null, null];
    await tx.execute(sql`
      INSERT INTO control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by, subject)
      VALUES (${tenantId}, ${operationId}, 'suspension', 'REQUESTED', ${`suspension:${operationId}`}, ${by}, ${JSON.stringify({ action: asked.action })}::jsonb)`);
    await tx.execute(sql`
      INSERT INTO control.suspensions (tenant_id, operation_id, action, kind, access, reason, requested_by)
      VALUES (${tenantId}, ${operationId}, ${asked.action}, ${why}, ${access}, ${reason}, ${by})`);
    const command = await requestCommand(tx, ctx, { operationId, kind, idempotencyKey, body, reason });
    // The tenant reads its log: the reason is with the suspension and its command.
    await emitAudit(tx, ctx, `suspension.${asked.action}-requested`, operationId, asked.action === "suspend" ? { kind: why, access } : {});
    return command;
  });
}

async function requireState(tx: ControlTransaction, tenantId: string, action: SuspensionRequest["action"]): Promise<void> {
  await tx.execute(sql`SELECT control.lock_tenant(${tenantId})`);
  const { rows } = await tx.execute<{ state: TenantState }>(sql`SELECT state FROM control.tenants WHERE tenant_id = ${tenantId}`);
  const state = rows[0]?.state;
  if (state === undefined) throw new DomainError("NOT_FOUND", "There is no such tenant.", { reason: "tenant-unknown" });
  if (action === "suspend" && state !== "ACTIVE") {
    throw new DomainError("PRECONDITION_FAILED", "Only an active tenant can be suspended.", { reason: "tenant-not-active" });
  }
  if (action === "resume" && state !== "SUSPENDED") {
    throw new DomainError("PRECONDITION_FAILED", "The tenant is not suspended.", { reason: "tenant-not-suspended" });
  }
}
