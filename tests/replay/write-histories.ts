import { onboardTenantType } from "@leasehold/workflows/onboarding/contract";
import type { OperationInput } from "@leasehold/workflows/operations/contract";
import { awaitOutcome, decide } from "../support/onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { denyWorker } from "../support/worker-rights.ts";
import { createWorld } from "../support/world.ts";
import { readHistory, saveHistory } from "./save-history.ts";

// Writes the histories that replay.test.ts replays, from real runs: node tests/replay/write-histories.ts. Run it when the workflow
// changes on purpose and no run of the old one is open any more; otherwise add files beside the old ones. The histories of onboarding
// that it does not write are from before a pool had an epoch, and from before a run that took another up undid all of its steps.

await using world = await createWorld({ apps: ["application", "worker"], ownServers: true });
const portal = world.pool("control", "portal");
const runOf = ({ operationId }: RequestedTenant) => world.temporal.workflow.getHandle(`onboarding:${operationId}`);
const write = async (name: string, tenant: RequestedTenant) =>
  saveHistory(`onboarding-${name}`, await readHistory(world.payloadKeys, runOf(tenant)));

async function end(tenant: RequestedTenant): Promise<void> {
  await awaitOutcome(world, tenant, ["SUCCEEDED", "ROLLED_BACK"]);
  await runOf(tenant).result();
}

async function park(): Promise<RequestedTenant> {
  const allow = await denyWorker(world, "s3:PutObject");
  const tenant = await requestOnboarding(portal, { plan: "pro" });
  await awaitOutcome(world, tenant, ["NEEDS_ATTENTION"]);
  await allow();
  return tenant;
}

const finished = await requestOnboarding(portal, { plan: "pro" });
await end(finished);
await write("epoch-finished", finished);

for (const ending of ["retried", "compensated"] as const) {
  const tenant = await park();
  if (ending === "retried") await write("epoch-parked", tenant);
  await decide(world, tenant, ending === "retried" ? "retry-step" : "roll-back", "object-prefix");
  await end(tenant);
  await write(`epoch-${ending}`, tenant);
}

const takenUp = await park();
await runOf(takenUp).terminate("its run is gone");
const { operationId, tenantId } = takenUp;
const args: [OperationInput] = [{ operationId, tenantId, resume: "retry" }];
const workflowId = `onboarding:${operationId}`;
const again = await world.temporal.workflow.start(onboardTenantType, { workflowId, taskQueue: world.stack.temporal.taskQueue, args });
await again.cancel();
await end(takenUp);
await write("taken-up", takenUp);
