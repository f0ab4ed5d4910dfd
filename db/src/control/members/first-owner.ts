import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { type ControlTransaction, controlQuery } from "../with-control.ts";

/** Makes a person the first owner, for an operation; the same again changes nothing. */
export async function addFirstOwner(
  tx: ControlTransaction,
  input: { tenantId: TenantId; operationId: OperationId; userId: string },
): Promise<void> {
  await tx.execute(sql`
    insert into control.members (tenant_id, user_id, role, operation_id)
    values (${input.tenantId}, ${input.userId}, 'owner', ${input.operationId}) on conflict do nothing`);
}

/** Takes away who was made a member by the operation itself. */
export async function removeFirstOwner(tx: ControlTransaction, input: { tenantId: TenantId; operationId: OperationId }): Promise<void> {
  await tx.execute(sql`delete from control.members where tenant_id = ${input.tenantId} and operation_id = ${input.operationId}`);
}

/**
 * Throws PRECONDITION_FAILED (`no-administrator`) unless the invitation of the first owner still stands. Activation looks again: the
 * database refuses a tenant that nobody can own.
 */
export async function checkHeldInvitation(pool: pg.Pool, input: { tenantId: TenantId; invitationId: string }): Promise<void> {
  const { rows } = await controlQuery(pool, { tenantId: input.tenantId }, (tx) =>
    tx.execute(sql`
      select from control.invitations
      where tenant_id = ${input.tenantId} and invitation_id = ${input.invitationId} and role = 'owner' and state in ('HELD', 'PENDING', 'ACCEPTED')`),
  );
  if (rows.length === 0) throw nobodyNamed();
}

export function nobodyNamed(): DomainError {
  return new DomainError("PRECONDITION_FAILED", "Nobody is named as the workspace's first owner.", { reason: "no-administrator" });
}
