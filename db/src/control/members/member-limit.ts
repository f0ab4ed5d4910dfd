import { isPlanId, plans } from "@leasehold/domain/plans";
import type { TenantRow } from "../tenants/read-tenant.ts";

/** The most members that a tenant may have: its own limit, or else its plan's. */
export function memberLimitOf({ limits, plan }: Pick<TenantRow, "limits" | "plan">): number {
  return limits?.members ?? (isPlanId(plan) ? plans[plan].limits.members : 0);
}
