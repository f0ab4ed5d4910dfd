import { defineSignal } from "@temporalio/workflow";
import type { OperationInput } from "../operations/contract.ts";

/** The name under which the dispatcher starts the workflow. */
export const offboardTenantType = "offboardTenant";

/** The name under which exports are started. */
export const exportTenantType = "exportTenant";

export type OffboardTenantInput = OperationInput;

/**
 * Something about the hold was decided in the database, which has the last word: the run looks at it again. A signal, because the
 * one who decided has had the answer already.
 */
export const offboardingChangedSignal = defineSignal("offboardingChanged");
