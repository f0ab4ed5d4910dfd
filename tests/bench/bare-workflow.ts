import { forwardOptions } from "@leasehold/workflows/operations/activity-options";
import { proxyActivities } from "@temporalio/workflow";

export interface BareActivities {
  doNothing(ref: BareInput["ref"]): Promise<void>;
}

export interface BareInput {
  ref: { operationId: string; tenantId: string };
  /** How many activities run at the same time in each stage. */
  stages: readonly number[];
}

const { doNothing } = proxyActivities<BareActivities>(forwardOptions);

/** As many activities as an onboarding, in the same shape, that do nothing. */
export async function bare({ ref, stages }: BareInput): Promise<void> {
  for (const width of stages) await Promise.all(Array.from({ length: width }, () => doNothing(ref)));
}
