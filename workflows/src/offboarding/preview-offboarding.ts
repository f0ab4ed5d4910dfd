import type { ShreddingActivities } from "@leasehold/activities/offboarding/create-shredding-activities";
import { proxyActivities } from "@temporalio/workflow";
import { untilDoneOptions } from "../operations/activity-options.ts";
import type { OffboardTenantInput } from "./contract.ts";

const { takeInventory } = proxyActivities<ShreddingActivities>({ ...untilDoneOptions, summary: "Counting what there is to be erased" });

/** Counts what a closing that waits for its approval would erase, for whoever decides about it. */
export async function previewOffboarding({ operationId, tenantId }: OffboardTenantInput): Promise<void> {
  await takeInventory({ operationId, tenantId });
}
