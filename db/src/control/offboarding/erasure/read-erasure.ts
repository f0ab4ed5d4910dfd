import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { ErasureChoice } from "@leasehold/domain/offboarding/erasure";
import { and, eq, sql } from "drizzle-orm";
import type pg from "pg";
import { personErasures } from "../../schema/erasures.ts";
import { type ControlTransaction, controlQuery, withControl } from "../../with-control.ts";

export interface PersonErasure {
  tenantId: TenantId;
  operationId: OperationId;
  /** Null once the person is erased. */
  userId: string | null;
  pseudonym: string;
  documents: ErasureChoice;
  invitationIds: string[];
  byThemselves: boolean;
}

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

/** Whose erasure an operation is. Throws PRECONDITION_FAILED when it is none. */
export async function readErasure(pool: pg.Pool, ref: Ref): Promise<PersonErasure> {
  const [row] = await controlQuery(pool, ref, (tx) =>
    tx
      .select()
      .from(personErasures)
      .where(and(eq(personErasures.tenantId, ref.tenantId), eq(personErasures.operationId, ref.operationId))),
  );
  if (row === undefined) throw new DomainError("PRECONDITION_FAILED", "The operation is no erasure.", { reason: "erasure-unknown" });
  return row;
}

/**
 * The same for a step that takes something away: refused with PRECONDITION_FAILED `legal-hold` while one is open, and once the person
 * is erased.
 */
export async function readOpenErasure(pool: pg.Pool, ref: Ref): Promise<PersonErasure & { userId: string }> {
  const erasure = await readErasure(pool, ref);
  if (erasure.userId === null) throw new DomainError("PRECONDITION_FAILED", "The person is erased.", { reason: "person-erased" });
  await withControl(pool, ref, (tx) => refuseUnderLegalHold(tx, ref.tenantId));
  return { ...erasure, userId: erasure.userId };
}

/** What stops an erasure until the last legal hold is released; the run goes on by itself then. */
export const legalHoldMessage = "The workspace is under a legal hold: nobody is erased from it until the hold is released.";

/** Locks the tenant's row, as whoever places a legal hold does. Throws PRECONDITION_FAILED `legal-hold`. */
export async function refuseUnderLegalHold(tx: ControlTransaction, tenantId: string): Promise<void> {
  await tx.execute(sql`select control.lock_tenant(${tenantId})`);
  await refuseOpenHold(tx, tenantId);
}

/**
 * Does something outside of the control database while nobody can place a legal hold: whoever wants to waits until it is done. Short
 * work, safe to do again. Throws PRECONDITION_FAILED `legal-hold`.
 */
export function whileNoLegalHold<T>(pool: pg.Pool, tenantId: string, work: () => Promise<T>): Promise<T> {
  return withControl(pool, { tenantId }, async (tx) => {
    await tx.execute(sql`select from control.tenants where tenant_id = ${tenantId} for share`);
    await refuseOpenHold(tx, tenantId);
    return work();
  });
}

async function refuseOpenHold(tx: ControlTransaction, tenantId: string): Promise<void> {
  const { rowCount } = await tx.execute(sql`select from control.legal_holds where tenant_id = ${tenantId} and released_at is null limit 1`);
  if (rowCount !== 0) throw new DomainError("PRECONDITION_FAILED", legalHoldMessage, { reason: "legal-hold" });
}
