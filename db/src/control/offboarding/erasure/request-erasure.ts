import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import type { ErasureChoice } from "@leasehold/domain/offboarding/erasure";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../../audit/emit-audit.ts";
import { bodyHash } from "../../commands/body-hash.ts";
import { findCommand, type RequestedCommand, requestCommand } from "../../commands/request-command.ts";
import { type ControlTransaction, withControl } from "../../with-control.ts";

export interface ErasureRequest {
  userId: string;
  documents: ErasureChoice;
  /** Lower case, for the invitations that went to it; undefined when the account is gone. */
  email: string | undefined;
  idempotencyKey: string;
}

export interface ErasurePreview {
  /** Undefined for somebody who was a member once. */
  role: string | undefined;
  invitations: number;
  legalHold: boolean;
  /** Nobody else owns the workspace. */
  lastOwner: boolean;
}

/**
 * Asks for the erasure of one person: by an owner, or by the person themselves. Operation, command and audit row name nobody; the
 * same idempotency key and body give the same operation back.
 * @throws DomainError NOT_FOUND for somebody who never was here; PRECONDITION_FAILED `legal-hold`, `last-owner`; CONFLICT `operation-open`,
 * `idempotency-key-reused`
 */
export function requestErasure(pool: Pool, ctx: TenantContext, request: ErasureRequest): Promise<RequestedCommand> {
  const { tenantId } = ctx;
  const { userId, documents, email, idempotencyKey } = request;
  const kind = "erase-person";
  const body = { tenantId, userId, documents };
  return withControl(pool, { tenantId }, async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`command:${idempotencyKey}`}, 0))`);
    const repeated = await findCommand(tx, idempotencyKey, kind, bodyHash(body));
    if (repeated) return repeated;
    const preview = await readPreview(tx, tenantId, userId, email);
    if (preview === undefined)
      throw new DomainError("NOT_FOUND", "This person was never a member of the workspace.", { reason: "member-unknown" });
    if (preview.lastOwner)
      throw new DomainError("PRECONDITION_FAILED", "A workspace keeps at least one owner. Make someone else owner first.", {
        reason: "last-owner",
      });
    const operationId = newId("operation");
    const byThemselves = ctx.actor.type === "user" && ctx.actor.userId === userId;
    const requestedBy = byThemselves ? `system:${operationId}` : actorRef(ctx.actor);
    await tx.execute(sql`
      INSERT INTO control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by, subject)
      VALUES (${tenantId}, ${operationId}, 'erasure', 'REQUESTED', ${`erasure:${operationId}`}, ${requestedBy}, '{}')`);
    await tx.execute(sql`
      INSERT INTO control.person_erasures (tenant_id, operation_id, user_id, pseudonym, documents, invitation_ids, by_themselves)
      VALUES (${tenantId}, ${operationId}, ${userId}, ${newId("pseudonym")}, ${documents},
        (SELECT coalesce(jsonb_agg(i.invitation_id), '[]') FROM control.invitations i WHERE i.tenant_id = ${tenantId} AND i.email = ${email ?? ""}), ${byThemselves})`);
    const asSystem = byThemselves ? { ...ctx, actor: { type: "system", operationId } as const } : ctx;
    const command = await requestCommand(tx, asSystem, { operationId, kind, idempotencyKey, body });
    await emitAudit(tx, asSystem, "erasure.requested", operationId, { documents, byThemselves });
    return command;
  });
}

/** What an erasure would find in the control plane; undefined for somebody who never was here. */
export function previewErasure(
  pool: Pool,
  ctx: TenantContext,
  { userId, email }: Pick<ErasureRequest, "userId" | "email">,
): Promise<ErasurePreview | undefined> {
  return withControl(pool, ctx, (tx) => readPreview(tx, ctx.tenantId, userId, email));
}

async function readPreview(
  tx: ControlTransaction,
  tenantId: string,
  userId: string,
  email: string | undefined,
): Promise<ErasurePreview | undefined> {
  const person = `user:${userId}`;
  const { rows } = await tx.execute<{ role: string | null; was: boolean; owners: number; invitations: number; held: boolean }>(sql`
    SELECT
      (SELECT m.role FROM control.members m WHERE m.tenant_id = ${tenantId} AND m.user_id = ${userId}) AS role,
      (SELECT count(*)::int FROM control.members m WHERE m.tenant_id = ${tenantId} AND m.role = 'owner' AND m.user_id <> ${userId}) AS owners,
      EXISTS (SELECT FROM control.audit a WHERE a.tenant_id = ${tenantId} AND (a.actor = ${person} OR a.target = ${userId})) AS was,
      (SELECT count(*)::int FROM control.invitations i
        WHERE i.tenant_id = ${tenantId} AND (i.email = ${email ?? ""} OR i.accepted_by = ${userId} OR i.invited_by = ${person})) AS invitations,
      EXISTS (SELECT FROM control.legal_holds h WHERE h.tenant_id = ${tenantId} AND h.released_at IS NULL) AS held`);
  const row = rows[0];
  if (row === undefined || (row.role === null && !row.was)) return undefined;
  const lastOwner = row.role === "owner" && row.owners === 0;
  return { role: row.role ?? undefined, invitations: row.invitations, legalHold: row.held, lastOwner };
}
