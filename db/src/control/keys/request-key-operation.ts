import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { keyArnProblem } from "@leasehold/domain/keys/custody";
import type { KeyAction } from "@leasehold/domain/keys/steps";
import { isEntitled } from "@leasehold/domain/plans";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { bodyHash } from "../commands/body-hash.ts";
import { findCommand, type RequestedCommand, requestCommand } from "../commands/request-command.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";

/** What is asked of a tenant's keys. */
export type KeyRequest =
  | { action: "rotate" }
  /** Without an ARN: back to the platform's key. `trial: "only"` tries the key and changes nothing. */
  | { action: "change"; keyArn?: string | undefined; trial?: "only" | undefined };

export type KeyOperationRequest = KeyRequest & { reason: string; idempotencyKey: string };

const commandOf: Record<KeyAction, string> = { rotate: "rotate-tenant-key", change: "change-tenant-key" };

/**
 * Writes the operation, its command and the audit row in one transaction; the worker carries it out. The same idempotency key and
 * body give the same operation back.
 * @throws DomainError NOT_FOUND; VALIDATION on field `keyArn`; PRECONDITION_FAILED `tenant-not-active`; FORBIDDEN `not-entitled`;
 * CONFLICT `operation-open`, `idempotency-key-reused`
 */
export function requestKeyOperation(pool: Pool, ctx: TenantContext, request: KeyOperationRequest): Promise<RequestedCommand> {
  const { tenantId } = ctx;
  const { reason, idempotencyKey, ...asked } = request;
  const kind = commandOf[asked.action];
  const body = { tenantId, reason, ...asked };
  const operationId = newId("operation");
  const subject = asked.action === "rotate" ? { action: asked.action } : { action: asked.action, keyArn: asked.keyArn, trial: asked.trial };
  return withControl(pool, { tenantId }, async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`command:${idempotencyKey}`}, 0))`);
    const repeated = await findCommand(tx, idempotencyKey, kind, bodyHash(body));
    if (repeated) return repeated;
    await refuseRequest(tx, tenantId, asked);
    await tx.execute(sql`
      INSERT INTO control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by, subject)
      VALUES (${tenantId}, ${operationId}, 'keys', 'REQUESTED', ${`keys:${operationId}`}, ${actorRef(ctx.actor)}, ${JSON.stringify(subject)}::jsonb)`);
    const command = await requestCommand(tx, ctx, { operationId, kind, idempotencyKey, body, reason });
    await emitAudit(tx, ctx, `keys.${asked.action === "rotate" ? "rotation" : "change"}-requested`, operationId, { ...subject, reason });
    return command;
  });
}

async function refuseRequest(tx: ControlTransaction, tenantId: string, asked: KeyRequest): Promise<void> {
  const { rows } = await tx.execute<{ state: string; plan: string; region: string }>(
    sql`SELECT state, plan, region FROM control.tenants WHERE tenant_id = ${tenantId}`,
  );
  const tenant = rows[0];
  if (tenant === undefined) throw new DomainError("NOT_FOUND", "There is no such workspace.", { reason: "tenant-unknown" });
  if (tenant.state !== "ACTIVE") {
    throw new DomainError("PRECONDITION_FAILED", "The workspace is not open for changes right now.", { reason: "tenant-not-active" });
  }
  if (asked.action !== "change" || asked.keyArn === undefined) return;
  if (!isEntitled(tenant.plan, "customer-managed-keys")) {
    throw new DomainError("FORBIDDEN", "Your plan does not include keys of your own. Business and Enterprise do.", {
      reason: "not-entitled",
    });
  }
  const problem = keyArnProblem(asked.keyArn, tenant.region);
  if (problem !== undefined) throw new DomainError("VALIDATION", problem, { field: "keyArn", reason: "key-arn" });
}
