import { withConnection } from "@leasehold/db/client";
import { tenantRunId } from "@leasehold/domain/tenant-runs";
import { placementCacheMs } from "@leasehold/tenancy/placement/find-placement";
import { documentsOf } from "../support/documents-client.ts";
import { askForExport, awaitExport } from "../support/exports.ts";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld } from "../support/world.ts";
import { readHistory, saveHistory } from "./save-history.ts";

// Writes the histories of exports that replay.test.ts replays, from real runs: node tests/replay/write-export-histories.ts. When to
// run it, write-histories.ts says.

await using world = await createWorld({ ownServers: true });
await world.start("application", issuersWithoutPortal(world.stack));
await world.start("worker");
const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
await awaitOutcome(world, tenant, ["SUCCEEDED"]);
await documentsOf(world, { ...tenant, plan: "pro" }).store("Plan.txt", Buffer.from("of the year"));

/** `kept` waits for the end of its days; `failed` has ended. */
async function write(name: "kept" | "failed"): Promise<void> {
  const exportId = await askForExport(world, tenant);
  await awaitExport(world, tenant.tenantId, exportId, 120_000);
  const run = world.temporal.workflow.getHandle(tenantRunId(tenant.tenantId, "export", exportId));
  const waits = name === "kept" ? "TIMER_STARTED" : "WORKFLOW_EXECUTION_COMPLETED";
  let json = await readHistory(world.payloadKeys, run);
  for (; !json.includes(waits); json = await readHistory(world.payloadKeys, run)) await new Promise((resolve) => setTimeout(resolve, 200));
  await saveHistory(`export-${name}`, json);
}

await write("kept");
await withConnection(world.ownerUrl("application"), (owner) =>
  owner.query("update app.tenant_placement set state = 'SUSPENDED' where tenant_id = $1", [tenant.tenantId]),
);
// The application plane believes an active tenant's place for so long.
await new Promise((resolve) => setTimeout(resolve, placementCacheMs + 1_000));
await write("failed");
