import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/** What there is to be shredded: counts and bytes. */
export interface Inventory {
  documents: number;
  bytes: number;
  members: number;
  keys: number;
  stacks: number | null;
  objects: number | null;
  /** For how long copies are in backups, in words. */
  backups: string;
  /** ISO 8601. */
  countedAt: string;
}

export async function keepInventory(
  pool: pg.Pool,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
  inventory: Inventory,
): Promise<void> {
  await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute(sql`
      update control.offboardings set inventory = ${JSON.stringify(inventory)}::jsonb
      where tenant_id = ${tenantId} and operation_id = ${operationId}`),
  );
}
