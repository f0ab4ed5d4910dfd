import type { PendingCommand } from "@leasehold/db/control/commands/dispatch-commands";
import { isKeyAction } from "@leasehold/domain/keys/steps";
import type { OperationKind } from "@leasehold/domain/operations";
import { keyWorkflowTypes } from "@leasehold/workflows/keys/contract";
import { onboardingWorkflowId, onboardTenantType } from "@leasehold/workflows/onboarding/contract";

export interface OperationRunName {
  type: string;
  workflowId: string;
  kind: OperationKind;
  summary: string;
}

/** The run of a command's operation: which workflow, under which id. Undefined when the operation has ended. */
export function runOf({ operation, operationId }: PendingCommand): OperationRunName | undefined {
  if (operation === null) return undefined;
  const { kind, action, workflowId } = operation;
  if (kind === "onboarding") {
    return { type: onboardTenantType, workflowId: onboardingWorkflowId(operationId), kind, summary: "Onboarding of a tenant" };
  }
  if (kind !== "keys" || !isKeyAction(action)) return undefined;
  const summary = action === "rotate" ? "Rotation of a tenant's data key" : "Change of a tenant's KMS key";
  return { type: keyWorkflowTypes[action], workflowId, kind, summary };
}
