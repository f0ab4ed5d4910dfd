import { defineSignal } from "@temporalio/workflow";
import type { OperationInput } from "../operations/contract.ts";

/** The name under which the dispatcher starts the workflow. */
export const offboardTenantType = "offboardTenant";

/** The name under which the dispatcher starts the erasure of one person. */
export const erasePersonType = "erasePerson";

/** The name under which exports are started. */
export const exportTenantType = "exportTenant";

/** The name under which the dispatcher starts the count of what a closing would erase. */
export const previewOffboardingType = "previewOffboarding";

export function offboardingWorkflowId(operationId: string): string {
  return `offboarding:${operationId}`;
}

export function previewWorkflowId(operationId: string): string {
  return `${offboardingWorkflowId(operationId)}:preview`;
}

export type OffboardTenantInput = OperationInput;

/**
 * Something about the hold was decided in the database, which has the last word: the run looks at it again. A signal, because the
 * one who decided has had the answer already.
 */
export const offboardingChangedSignal = defineSignal("offboardingChanged");
