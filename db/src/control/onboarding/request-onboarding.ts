import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { isPlanId, plans } from "@leasehold/domain/plans";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { requestCommand } from "../commands/request-command.ts";
import { queueMail, type SealedMail } from "../mail/queue-mail.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";

export interface VerifiedSignUp {
  signUpId: string;
  tenantId: TenantId;
  /** The person who proved the address, and becomes the owner. */
  userId: string;
  requestId: string;
  /** Of the operation, where this call is the first; a new one unless told. */
  operationId?: OperationId;
  /** Sealed by whoever knew the address: queued with the operation, and not again. */
  mails?: readonly SealedMail[];
}

export interface RequestedOnboarding {
  tenantId: TenantId;
  operationId: OperationId;
  slug: string;
  organizationName: string;
  outcome: "requested" | "repeated";
}

interface Row extends Record<string, unknown> {
  state: string;
  plan: string;
  slug: string;
  organization_name: string;
  region: string;
  operation_id: OperationId | null;
  user_id: string | null;
  expired: boolean;
}

/**
 * Turns a verified sign-up into a tenant, its onboarding and the command for it, in one transaction; again, the same.
 * Where the plan asks for approval the operation waits, and the operator's decision writes the command.
 * Throws NOT_FOUND, or PRECONDITION_FAILED (`sign-up-expired`) once its address is no longer reserved.
 */
export async function requestOnboarding(pool: Pool, input: VerifiedSignUp): Promise<RequestedOnboarding> {
  const { tenantId, userId, operationId = newId("operation"), mails = [] } = input;
  const ctx: TenantContext = { tenantId, actor: { type: "user", userId }, requestId: input.requestId };
  return withControl(pool, { tenantId, userId }, async (tx) => {
    const row = await lockSignUp(tx, input);
    const known = { tenantId, slug: row.slug, organizationName: row.organization_name };
    if (row.operation_id) return { ...known, operationId: row.operation_id, outcome: "repeated" };
    const kept = await tx.execute(sql`UPDATE control.slugs SET reserved_until = NULL WHERE slug = ${row.slug}`);
    if (row.expired || kept.rowCount !== 1) throw expired();
    const approval = isPlanId(row.plan) && plans[row.plan].approval;
    await tx.execute(sql`
      INSERT INTO control.tenants (tenant_id, slug, name, plan, region, current_operation)
      VALUES (${tenantId}, ${row.slug}, ${row.organization_name}, ${row.plan}, ${row.region}, ${operationId})`);
    await tx.execute(sql`
      INSERT INTO control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by, subject)
      VALUES (${tenantId}, ${operationId}, 'onboarding', ${approval ? "AWAITING_APPROVAL" : "REQUESTED"}, ${`onboarding:${operationId}`},
        ${actorRef(ctx.actor)}, ${JSON.stringify({ plan: row.plan, userId })})`);
    await tx.execute(sql`
      UPDATE control.sign_ups SET state = 'VERIFIED', operation_id = ${operationId}, user_id = ${userId}, verified_at = now()
      WHERE tenant_id = ${tenantId} AND sign_up_id = ${input.signUpId}`);
    if (!approval)
      await requestCommand(tx, ctx, {
        operationId,
        kind: "onboard-tenant",
        idempotencyKey: `onboard:${input.signUpId}`,
        body: { signUpId: input.signUpId, tenantId, userId },
      });
    for (const mail of mails) await queueMail(tx, { ...mail, tenantId });
    await emitAudit(tx, ctx, "sign-up.verified", input.signUpId);
    await emitAudit(tx, ctx, "onboarding.requested", operationId, { plan: row.plan, approval });
    return { ...known, operationId, outcome: "requested" };
  });
}

async function lockSignUp(tx: ControlTransaction, input: VerifiedSignUp): Promise<Row> {
  const { rows } = await tx.execute<Row>(sql`
    SELECT state, plan, slug, organization_name, region, operation_id, user_id, expires_at < now() AS expired FROM control.sign_ups
    WHERE tenant_id = ${input.tenantId} AND sign_up_id = ${input.signUpId} FOR UPDATE`);
  const row = rows[0];
  if (!row || (row.user_id !== null && row.user_id !== input.userId))
    throw new DomainError("NOT_FOUND", "This sign-up does not exist.", { reason: "sign-up-unknown" });
  return row;
}

/** One answer for every link that has run out. */
export function expired(): DomainError {
  return new DomainError("PRECONDITION_FAILED", "This link has expired, and the address is free again. Sign up once more.", {
    reason: "sign-up-expired",
  });
}
