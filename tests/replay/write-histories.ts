import { mkdir, writeFile } from "node:fs/promises";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { awaitOutcome, decide } from "../support/onboarding-outcome.ts";
import { openHistory } from "../support/open-history.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { denyWorker } from "../support/worker-rights.ts";
import { createWorld, type World } from "../support/world.ts";

// Writes the histories that replay.test.ts replays, from real runs: node tests/replay/write-histories.ts. Run it when the workflow
// changes on purpose and no run of the old one is open any more; otherwise add files beside the old ones.
const folder = new URL("./histories/", import.meta.url);

/** Who ran it, and where its code lay, is nobody's business and differs from machine to machine. */
function withoutMachine(key: string, value: unknown): unknown {
  if (key === "identity") return "worker";
  if (key === "stackTrace") return "";
  return value;
}

async function write(world: World, name: string, { operationId }: RequestedTenant): Promise<void> {
  const history = await world.temporal.workflow.getHandle(`onboarding:${operationId}`).fetchHistory();
  const json = JSON.stringify(JSON.parse(historyToJSON(await openHistory(world.payloadKeys, history))), withoutMachine, 1);
  await writeFile(new URL(`${name}.json`, folder), `${json}\n`);
}

await mkdir(folder, { recursive: true });
await using world = await createWorld({ apps: ["application", "worker"], ownServers: true });
const portal = world.pool("control", "portal");

async function end(tenant: RequestedTenant): Promise<void> {
  await awaitOutcome(world, tenant, ["SUCCEEDED", "ROLLED_BACK"]);
  await world.temporal.workflow.getHandle(`onboarding:${tenant.operationId}`).result();
}

for (const plan of ["pro", "enterprise"] as const) {
  const finished = await requestOnboarding(portal, { plan });
  await end(finished);
  await write(world, `onboarding-finished-${plan}`, finished);
}

for (const ending of ["retried", "compensated"] as const) {
  const allow = await denyWorker(world, "kms:CreateKey");
  const tenant = await requestOnboarding(portal);
  await awaitOutcome(world, tenant);
  await allow();
  if (ending === "retried") await write(world, "onboarding-parked", tenant);
  await decide(world, tenant, ending === "retried" ? "retry-step" : "roll-back", "key");
  await end(tenant);
  await write(world, `onboarding-${ending}`, tenant);
}
