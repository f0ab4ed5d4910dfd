import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";
import { awaitKeys, createCustomerKey, requestKeys } from "../support/tenant-keys.ts";
import { createWorld } from "../support/world.ts";
import { readHistory, saveHistory } from "./save-history.ts";

// Writes the histories of work on keys that replay.test.ts replays, from real runs: node tests/replay/write-key-histories.ts. When
// to run it, write-histories.ts says.

await using world = await createWorld({ apps: ["application", "worker"], ownServers: true });
const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "business" });
await awaitOutcome(world, tenant, ["SUCCEEDED"]);

async function write(name: string, asked: Parameters<typeof requestKeys>[2]): Promise<void> {
  const operationId = await requestKeys(world, tenant, asked);
  await awaitKeys(world, tenant, operationId);
  const run = world.temporal.workflow.getHandle(`keys:${operationId}`);
  await run.result();
  await saveHistory(`keys-${name}`, await readHistory(world.payloadKeys, run));
}

const keyArn = await createCustomerKey(world, tenant);
const unfit = await createCustomerKey(world, tenant, { without: ["kms:Decrypt"] });
await write("tried", { action: "change", keyArn, trial: "only" });
await write("refused", { action: "change", keyArn: unfit });
await write("changed", { action: "change", keyArn });
await write("rotated", { action: "rotate" });
