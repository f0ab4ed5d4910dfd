import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { Placement } from "@leasehold/domain/placement";
import type { PlanId } from "@leasehold/domain/plans";

/** Whose data, and where it is. */
export interface StoreRef {
  tenantId: TenantId;
  operationId: OperationId;
  plan: PlanId;
  placement: Placement;
  /** Ends whatever waits. */
  signal: AbortSignal;
}

/** What counts one store of the registry and empties it. */
export interface Store {
  /** What is asked when it is counted, in words. */
  how: string;
  /** Null where it cannot be counted; the registry's note says why. */
  count(ref: StoreRef): Promise<number | null>;
  /** Idempotent. Goes on where an attempt before it ended. Absent where nothing is taken away. */
  erase?(ref: StoreRef): Promise<void>;
  /** What is said of it where the registry's note does not hold for every tenant. */
  note?(ref: StoreRef): Promise<string>;
  /** ISO 8601: when a store ends by itself. */
  keptUntil?(ref: StoreRef): Promise<string | undefined>;
}
