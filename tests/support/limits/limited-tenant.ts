import { publishPlacement } from "@leasehold/db/application/placement/publish-placement";
import { setLimits } from "@leasehold/db/application/placement/set-limits";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { firstEpoch, objectPrefixOf, type Placement } from "@leasehold/domain/placement";
import { limitsOf, type PlanId, type RequestRates } from "@leasehold/domain/plans";
import type pg from "pg";

/** A tenant as the limits know it: a placement and limits in the pool's database, and nothing behind them. */
export async function createLimitedTenant(
  worker: pg.Pool,
  rates: Partial<RequestRates>,
  { plan = "pro", region = "r" }: { plan?: PlanId; region?: string } = {},
): Promise<{ tenantId: TenantId; plan: PlanId; placement: Placement }> {
  const tenantId = newId("tenant");
  const [bucket, keyArn, roleArn] = ["b", "k", "r"];
  const objectPrefix = objectPrefixOf(tenantId);
  const placement: Placement = { region, database: "pool", bucket, objectPrefix, keyArn, roleArn, epoch: firstEpoch };
  await setLimits(worker, tenantId, { ...limitsOf(plan), rates: { ...limitsOf(plan).rates, ...rates } });
  await publishPlacement(worker, { tenantId, state: "ACTIVE", plan, placement });
  return { tenantId, plan, placement };
}
