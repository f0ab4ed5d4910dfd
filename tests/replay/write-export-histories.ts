import { writeFile } from "node:fs/promises";
import { withConnection } from "@leasehold/db/client";
import { tenantRunId } from "@leasehold/domain/tenant-runs";
import { placementCacheMs } from "@leasehold/tenancy/placement/find-placement";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { documentsOf } from "../support/documents-client.ts";
import { askForExport, awaitExport } from "../support/exports.ts";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { openHistory } from "../support/open-history.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld } from "../support/world.ts";

// Writes the histories of exports that replay.test.ts replays, from real runs: node tests/replay/write-export-histories.ts. When to
// run it, write-histories.ts says.
const folder = new URL("./histories/", import.meta.url);

/** Who ran it, and where its code lay, is nobody's business and differs from machine to machine. */
function withoutMachine(key: string, value: unknown): unknown {
  if (key === "identity") return "worker";
  if (key === "stackTrace") return "";
  if (key === "encodedAttributes") return withoutStack(value as { data: string });
  return value;
}

/** A failure's message and stack, which the converter puts into one payload. */
function withoutStack({ data, ...payload }: { data: string }): unknown {
  const attributes = JSON.parse(Buffer.from(data, "base64").toString()) as object;
  return { ...payload, data: Buffer.from(JSON.stringify({ ...attributes, stack_trace: "" })).toString("base64") };
}

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
  const history = async () => historyToJSON(await openHistory(world.payloadKeys, await run.fetchHistory()));
  let json = await history();
  for (; !json.includes(waits); json = await history()) await new Promise((resolve) => setTimeout(resolve, 200));
  await writeFile(new URL(`export-${name}.json`, folder), `${JSON.stringify(JSON.parse(json), withoutMachine, 1)}\n`);
}

await write("kept");
await withConnection(world.ownerUrl("application"), (owner) =>
  owner.query("update app.tenant_placement set state = 'SUSPENDED' where tenant_id = $1", [tenant.tenantId]),
);
// The application plane believes an active tenant's place for so long.
await new Promise((resolve) => setTimeout(resolve, placementCacheMs + 1_000));
await write("failed");
