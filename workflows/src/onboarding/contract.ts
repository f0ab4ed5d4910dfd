import type { OperationId } from "@leasehold/domain/ids";
import type { OperationInput } from "../operations/contract.ts";

/** The name under which the dispatcher starts the workflow. */
export const onboardTenantType = "onboardTenant";

export type OnboardTenantInput = OperationInput;

export function onboardingWorkflowId(operationId: OperationId): string {
  return `onboarding:${operationId}`;
}
