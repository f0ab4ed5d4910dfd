import type { KeyAction } from "@leasehold/domain/keys/steps";
import type { OperationInput } from "../operations/contract.ts";

/** The names under which the dispatcher starts the workflows. */
export const keyWorkflowTypes: Record<KeyAction, string> = { rotate: "rotateTenantKey", change: "changeTenantKey" };

export type KeyOperationInput = OperationInput;
