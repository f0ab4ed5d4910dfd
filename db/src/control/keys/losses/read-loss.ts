import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { type ControlTransaction, controlQuery } from "../../with-control.ts";

export interface KeyLoss extends Record<string, unknown> {
  lossId: string;
  pool: string;
  epoch: number;
  versions: number[];
  requestedBy: string;
  approvedBy: string | null;
  rejectedBy: string | null;
  ended: boolean;
}

interface Of {
  pool: string;
  epoch: number;
}

const columns = sql`loss_id AS "lossId", pool, epoch, versions, requested_by AS "requestedBy", approved_by AS "approvedBy",
  rejected_by AS "rejectedBy", ended_at IS NOT NULL AS ended`;

/** The wish to give up a tenant's keys under an epoch that waits to be decided, or was agreed to and is not carried out. */
export async function readOpenLoss(tx: ControlTransaction, tenantId: string, { pool, epoch }: Of): Promise<KeyLoss | undefined> {
  const { rows } = await tx.execute<KeyLoss>(sql`
    SELECT ${columns} FROM control.key_losses
    WHERE tenant_id = ${tenantId} AND pool = ${pool} AND epoch = ${epoch} AND rejected_at IS NULL AND ended_at IS NULL`);
  return rows[0];
}

/** One of them by its id; its row stays locked. */
export async function lockLoss(tx: ControlTransaction, tenantId: string, lossId: string): Promise<KeyLoss | undefined> {
  const { rows } = await tx.execute<KeyLoss>(sql`
    SELECT ${columns} FROM control.key_losses WHERE tenant_id = ${tenantId} AND loss_id = ${lossId} FOR UPDATE`);
  return rows[0];
}

/** What two operators have agreed to give up and the worker has not; none while the tenant is under a legal hold. */
export async function findAgreedLoss(control: Pool, tenantId: TenantId, { pool, epoch }: Of): Promise<KeyLoss | undefined> {
  const { rows } = await controlQuery(control, { tenantId }, (tx) =>
    tx.execute<KeyLoss>(sql`
      SELECT ${columns} FROM control.key_losses l
      WHERE tenant_id = ${tenantId} AND pool = ${pool} AND epoch = ${epoch} AND approved_at IS NOT NULL AND ended_at IS NULL
        AND NOT EXISTS (SELECT FROM control.legal_holds h WHERE h.tenant_id = l.tenant_id AND h.released_at IS NULL)`),
  );
  return rows[0];
}
