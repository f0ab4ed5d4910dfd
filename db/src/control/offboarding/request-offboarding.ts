import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import type { ConfirmedBy } from "@leasehold/domain/offboarding/confirmation";
import { isHoldDays } from "@leasehold/domain/offboarding/hold";
import { isPlanId, plans } from "@leasehold/domain/plans";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { bodyHash } from "../commands/body-hash.ts";
import { findCommand, type RequestedCommand, requestCommand } from "../commands/request-command.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";
import { keepExportPeople } from "./exports/export-people.ts";

export interface OffboardingRequest {
  /** Why; kept with the closing. At most 500 characters. */
  reason: string;
  /** What was typed to confirm: the tenant's address. */
  confirmation: string;
  /** How they proved once more who they are. */
  confirmedBy?: ConfirmedBy | undefined;
  withExport: boolean;
  /** For deployments whose terms differ from the plan's, in days. */
  holdDays?: number | undefined;
  /** Names and addresses of the tenant's people for its export, sealed to the worker. */
  people?: string | undefined;
  idempotencyKey: string;
}

/**
 * An owner's request begins the closing; an operator's waits for a second operator. Operation, closing, command and audit row are one
 * transaction. The same idempotency key and body give the same operation back.
 * @throws DomainError NOT_FOUND; VALIDATION on `confirmation`, `holdDays`; PRECONDITION_FAILED `tenant-not-active`; CONFLICT
 * `operation-open`, `idempotency-key-reused`
 */
export function requestOffboarding(pool: Pool, ctx: TenantContext, request: OffboardingRequest): Promise<RequestedCommand> {
  const { tenantId } = ctx;
  const { idempotencyKey, confirmation, confirmedBy, people, ...asked } = request;
  const byOperator = ctx.actor.type === "operator";
  const kind = byOperator ? "preview-offboarding" : "offboard-tenant";
  const body = { tenantId, ...asked };
  return withControl(pool, { tenantId }, async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`command:${idempotencyKey}`}, 0))`);
    const repeated = await findCommand(tx, idempotencyKey, kind, bodyHash(body));
    if (repeated) return repeated;
    const tenant = await lockClosable(tx, tenantId, confirmation);
    const holdDays = asked.holdDays ?? plans[isPlanId(tenant.plan) ? tenant.plan : "starter"].holdDays;
    if (!isHoldDays(holdDays)) {
      throw new DomainError("VALIDATION", "The hold is between 0 and 365 days.", { field: "holdDays", reason: "hold-days" });
    }
    const operationId = newId("operation");
    await tx.execute(sql`
      INSERT INTO control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by, subject)
      VALUES (${tenantId}, ${operationId}, 'offboarding', ${byOperator ? "AWAITING_APPROVAL" : "REQUESTED"}, ${`offboarding:${operationId}`},
        ${actorRef(ctx.actor)}, ${JSON.stringify({ plan: tenant.plan })}::jsonb)`);
    await tx.execute(sql`
      INSERT INTO control.offboardings (tenant_id, operation_id, from_state, requested_by, reason, hold_days, with_export, confirmed_by)
      VALUES (${tenantId}, ${operationId}, ${tenant.state}, ${actorRef(ctx.actor)}, ${asked.reason}, ${holdDays}, ${asked.withExport},
        ${confirmedBy ?? null})`);
    if (people !== undefined) await keepExportPeople(tx, tenantId, people);
    const command = await requestCommand(tx, ctx, { operationId, kind, idempotencyKey, body, reason: asked.reason });
    await emitAudit(tx, ctx, "offboarding.requested", operationId, { reason: asked.reason, holdDays, withExport: asked.withExport });
    return command;
  });
}

async function lockClosable(tx: ControlTransaction, tenantId: string, confirmation: string): Promise<{ state: string; plan: string }> {
  await tx.execute(sql`SELECT control.lock_tenant(${tenantId})`);
  const { rows } = await tx.execute<{ state: string; plan: string; slug: string }>(
    sql`SELECT state, plan, slug FROM control.tenants WHERE tenant_id = ${tenantId}`,
  );
  const tenant = rows[0];
  if (tenant === undefined) throw new DomainError("NOT_FOUND", "There is no such workspace.", { reason: "tenant-unknown" });
  if (confirmation !== tenant.slug) {
    throw new DomainError("VALIDATION", "Type the workspace's address exactly as it is shown.", {
      field: "confirmation",
      reason: "confirmation",
    });
  }
  if (tenant.state !== "ACTIVE" && tenant.state !== "SUSPENDED") {
    throw new DomainError("PRECONDITION_FAILED", "The workspace cannot be closed from the state that it is in.", {
      reason: "tenant-not-active",
    });
  }
  return tenant;
}
