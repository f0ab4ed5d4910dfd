import type { Placement } from "@leasehold/domain/placement";
import { needsStack, type PlanId, plans } from "@leasehold/domain/plans";

/** `Pool` or `Own stack`, before placement by what the plan asks for. */
export function placementLabel(plan: PlanId, placement: Placement | null): string {
  const own = placement ? placement.database !== "pool" : needsStack(plans[plan].placement);
  return own ? "Own stack" : "Pool";
}
