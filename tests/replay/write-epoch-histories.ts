import { setTimeout as sleep } from "node:timers/promises";
import { requestEpochTurn } from "@leasehold/activities/keys/request-epoch-turn";
import { withConnection } from "@leasehold/db/client";
import { epochTurnIdOf, onlyPool } from "@leasehold/domain/keys/epochs";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { epochNeeds } from "../support/open-epoch.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";
import { createWorld } from "../support/world.ts";
import { readHistory, saveHistory } from "./save-history.ts";

// Writes the histories of epochs' turns that replay.test.ts replays, from real runs: node tests/replay/write-epoch-histories.ts. When
// to run it, write-histories.ts says. `epoch-turned-before-holding.json` is from before an epoch could be held.
await using world = await createWorld({ apps: ["application", "worker"], ownServers: true });
const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
await awaitOutcome(world, tenant, ["SUCCEEDED"]);

async function write(name: string): Promise<void> {
  const epoch = await requestEpochTurn(epochNeeds(world), onlyPool);
  if (epoch === undefined) throw new Error("the pool has no epoch");
  const run = world.temporal.workflow.getHandle(epochTurnIdOf(epoch));
  while ((await run.describe().catch(() => undefined))?.status.name !== "COMPLETED") await sleep(200);
  await saveHistory(name, await readHistory(world.payloadKeys, run));
}

await write("epoch-turned");
await withConnection(world.ownerUrl("keyring"), (owner) =>
  owner.query("update keyring.data_keys set wrapped = '\\x01' where tenant_id = $1 and purpose = 'index'", [tenant.tenantId]),
);
await write("epoch-held");
