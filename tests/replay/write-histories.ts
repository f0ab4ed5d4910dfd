import { awaitOutcome, decide } from "../support/onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { denyWorker } from "../support/worker-rights.ts";
import { createWorld, type World } from "../support/world.ts";
import { readHistory, saveHistory } from "./save-history.ts";

// Writes the histories that replay.test.ts replays, from real runs: node tests/replay/write-histories.ts. Run it when the workflow
// changes on purpose and no run of the old one is open any more; otherwise add files beside the old ones.

async function write(world: World, name: string, { operationId }: RequestedTenant): Promise<void> {
  await saveHistory(name, await readHistory(world.payloadKeys, world.temporal.workflow.getHandle(`onboarding:${operationId}`)));
}

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
