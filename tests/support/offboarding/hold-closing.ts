import { beginClosing, openHold } from "@leasehold/db/control/offboarding/begin-closing";
import { endHold } from "@leasehold/db/control/offboarding/end-hold";
import { changeOperation } from "@leasehold/db/control/operations/change-operation";
import { withControl } from "@leasehold/db/control/with-control";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type pg from "pg";

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

/** Brings a closing that was asked for into its hold, as the steps of the workflow do. */
export async function holdClosing(worker: pg.Pool, { tenantId, operationId }: Ref, at = new Date()): Promise<void> {
  await withControl(worker, { tenantId }, async (tx) => {
    await changeOperation(tx, { tenantId, operationId, from: ["REQUESTED"], to: "RUNNING" });
    const ended = [
      { what: "writes", count: null, returns: true },
      { what: "api-keys", count: 2, returns: true },
    ] as const;
    await beginClosing(tx, { tenantId, operationId, ended });
    await openHold(tx, { tenantId, operationId, at });
  });
}

/** Asks the database for the last word after the longest hold there is. */
export function endClosingHold(worker: pg.Pool, ref: Ref): ReturnType<typeof endHold> {
  return endHold(worker, { ...ref, at: new Date(Date.now() + 366 * 86_400_000) });
}
