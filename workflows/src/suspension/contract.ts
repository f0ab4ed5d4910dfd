import type { SuspensionAction } from "@leasehold/domain/suspension/steps";

/** The names under which the dispatcher starts the workflows. */
export const suspensionWorkflowTypes: Record<SuspensionAction, string> = { suspend: "suspendTenant", resume: "resumeTenant" };
