import type { PendingCommand } from "@leasehold/db/control/commands/dispatch-commands";
import { isKeyAction } from "@leasehold/domain/keys/steps";
import type { OperationKind } from "@leasehold/domain/operations";
import { isSuspensionAction } from "@leasehold/domain/suspension/steps";
import { keyWorkflowTypes } from "@leasehold/workflows/keys/contract";
import {
  erasePersonType,
  offboardingWorkflowId,
  offboardTenantType,
  previewOffboardingType,
  previewWorkflowId,
} from "@leasehold/workflows/offboarding/contract";
import { onboardingWorkflowId, onboardTenantType } from "@leasehold/workflows/onboarding/contract";
import { suspensionWorkflowTypes } from "@leasehold/workflows/suspension/contract";

export interface OperationRunName {
  type: string;
  workflowId: string;
  kind: OperationKind;
  summary: string;
}

/** The run of a command's operation: which workflow, under which id. Undefined when the operation has ended. */
export function runOf({ operation, operationId, kind: command }: PendingCommand): OperationRunName | undefined {
  if (command === "preview-offboarding") return previewOf(operationId);
  if (operation === null) return undefined;
  const { kind, action, workflowId } = operation;
  if (kind === "onboarding") {
    return { type: onboardTenantType, workflowId: onboardingWorkflowId(operationId), kind, summary: "Onboarding of a tenant" };
  }
  if (kind === "offboarding") {
    return { type: offboardTenantType, workflowId: offboardingWorkflowId(operationId), kind, summary: "Closing of a tenant" };
  }
  if (kind === "erasure") return { type: erasePersonType, workflowId, kind, summary: "Erasure of one person in a tenant" };
  if (kind === "suspension" && isSuspensionAction(action)) {
    const summary = action === "suspend" ? "Suspension of a tenant" : "End of a tenant's suspension";
    return { type: suspensionWorkflowTypes[action], workflowId, kind, summary };
  }
  if (kind !== "keys" || !isKeyAction(action)) return undefined;
  const summary = action === "rotate" ? "Rotation of a tenant's data key" : "Change of a tenant's KMS key";
  return { type: keyWorkflowTypes[action], workflowId, kind, summary };
}

/** Of an operation that waits for its approval, which nobody but its tenant sees: the run changes nothing of it. */
function previewOf(operationId: string): OperationRunName {
  const summary = "Count of what a closing would erase";
  return { type: previewOffboardingType, workflowId: previewWorkflowId(operationId), kind: "offboarding", summary };
}
