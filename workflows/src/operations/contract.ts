import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import { defineUpdate } from "@temporalio/workflow";

/** What an operator decides about a parked operation. */
export type Decision = "retry" | "roll-back";

/** Everything that a run of an operation and its activities are told. The rest is in the catalog. */
export interface OperationRef {
  operationId: OperationId;
  tenantId: TenantId;
}

export interface OperationInput extends OperationRef {
  /** Set when an earlier run of the same operation is gone: how this one takes it up. */
  resume?: Decision;
}

export interface ResolveOperationInput {
  /** The step that the operation is parked at. */
  step: string;
  decision: Decision;
}

export type OperationOutcome = "SUCCEEDED" | "ROLLED_BACK";

/** Answers a parked operation. Its update id is the id of the command, so a repeated command decides once. */
export const resolveOperationUpdate = defineUpdate<Decision, [ResolveOperationInput]>("resolveOperation");

/** The type of the refusal when an operation is not parked at the step that an update names. */
export const notParked = "PRECONDITION_FAILED";

export const tenantIdAttribute = defineSearchAttributeKey("TenantId", SearchAttributeType.KEYWORD);
export const planAttribute = defineSearchAttributeKey("Plan", SearchAttributeType.KEYWORD);
export const operationAttribute = defineSearchAttributeKey("Operation", SearchAttributeType.KEYWORD);
export const statusAttribute = defineSearchAttributeKey("Status", SearchAttributeType.KEYWORD);
