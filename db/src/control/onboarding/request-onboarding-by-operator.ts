import { createHash, createHmac } from "node:crypto";
import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import type { PlanId } from "@leasehold/domain/plans";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { bodyHash } from "../commands/body-hash.ts";
import { findCommand, requestCommand } from "../commands/request-command.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";
import { inviteFirstAdministrator } from "./invite-first-administrator.ts";
import { takeSlug } from "./take-slug.ts";

export interface OperatorOnboardingRequest {
  operatorId: string;
  requestId: string;
  /** Chosen by the form once per tenant that is wanted. */
  idempotencyKey: string;
  organizationName: string;
  slug: string;
  plan: PlanId;
  region: string;
  /** Lower case. Kept in the invitation alone, and sealed in its mail. */
  administratorEmail: string;
  /** Keys the hash of the address in the request's body, so that it cannot be guessed from there. */
  bodyKey: string;
  /** The secret in the invitation's link, the same for the same invitation. */
  tokenOf: (invitationId: string) => string;
  /** The invitation as mail, sealed to the worker. */
  sealMail: (token: string) => Promise<string>;
}

export interface RequestedOnboarding {
  outcome: "requested" | "repeated";
  tenantId: TenantId;
  operationId: OperationId;
}

/**
 * Takes the address, writes the tenant, its onboarding, the held invitation of its first administrator and the command,
 * in one transaction. The same key and body give the same operation back; nothing that exists is ever overwritten.
 * @throws DomainError CONFLICT: `idempotency-key-reused`, or `slug-taken` on field `slug`.
 */
export async function requestOnboardingByOperator(pool: Pool, request: OperatorOnboardingRequest): Promise<RequestedOnboarding> {
  const { organizationName, slug, plan, region } = request;
  const administrator = createHmac("sha256", request.bodyKey).update(request.administratorEmail).digest("hex");
  const body = { organizationName, slug, plan, region, administrator };
  const tenantId = newId("tenant");
  const operationId = newId("operation");
  const invitationId = newId("invitation");
  const ctx: TenantContext = { tenantId, actor: { type: "operator", operatorId: request.operatorId }, requestId: request.requestId };
  const token = request.tokenOf(invitationId);
  const sealed = await request.sealMail(token);

  return withControl(pool, { tenantId }, async (tx) => {
    const earlier = await findEarlier(tx, request.idempotencyKey, bodyHash(body));
    if (earlier) return earlier;
    await takeSlug(tx, tenantId, slug);
    await tx.execute(sql`
      INSERT INTO control.tenants (tenant_id, slug, name, plan, region, current_operation)
      VALUES (${tenantId}, ${slug}, ${organizationName}, ${plan}, ${region}, ${operationId})`);
    await tx.execute(sql`
      INSERT INTO control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by, subject)
      VALUES (${tenantId}, ${operationId}, 'onboarding', 'REQUESTED', ${`onboarding:${operationId}`},
        ${`operator:${request.operatorId}`}, ${JSON.stringify({ plan, invitationId })}::jsonb)`);
    const tokenHash = createHash("sha256").update(token).digest("hex");
    await inviteFirstAdministrator(tx, ctx, { invitationId, email: request.administratorEmail, tokenHash, sealed });
    await requestCommand(tx, ctx, { operationId, kind: "onboard-tenant", idempotencyKey: request.idempotencyKey, body });
    await emitAudit(tx, ctx, "onboarding.requested", tenantId, { operationId, invitationId, plan, region });
    return { outcome: "requested", tenantId, operationId };
  });
}

/** Requests under one key wait for each other, so that the second finds what the first wrote. */
async function findEarlier(tx: ControlTransaction, key: string, hash: string): Promise<RequestedOnboarding | undefined> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`command:${key}`}, 0))`);
  const command = await findCommand(tx, key, "onboard-tenant", hash);
  if (!command) return undefined;
  const { rows } = await tx.execute<{ tenant_id: TenantId }>(
    sql`SELECT tenant_id FROM control.operations WHERE operation_id = ${command.operationId}`,
  );
  const tenantId = rows[0]?.tenant_id;
  if (!tenantId)
    throw new DomainError("CONFLICT", "This idempotency key belongs to another request.", { reason: "idempotency-key-reused" });
  return { outcome: "repeated", tenantId, operationId: command.operationId };
}
