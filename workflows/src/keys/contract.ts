import type { KeyAction } from "@leasehold/domain/keys/steps";
import type { OperationInput } from "../operations/contract.ts";

/** The names under which the dispatcher starts the workflows. */
export const keyWorkflowTypes: Record<KeyAction, string> = { rotate: "rotateTenantKey", change: "changeTenantKey" };

export type KeyOperationInput = OperationInput;

/** Not an operation: it belongs to a pool and to no tenant. */
export const turnEpochType = "turnEpoch";

export interface EpochTurnInput {
  pool: string;
  epoch: number;
}
