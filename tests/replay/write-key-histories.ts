import { writeFile } from "node:fs/promises";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { openHistory } from "../support/open-history.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";
import { awaitKeys, createCustomerKey, requestKeys } from "../support/tenant-keys.ts";
import { createWorld } from "../support/world.ts";

// Writes the histories of work on keys that replay.test.ts replays, from real runs: node tests/replay/write-key-histories.ts. When
// to run it, write-histories.ts says.
const folder = new URL("./histories/", import.meta.url);

/** Who ran it, and where its code lay, is nobody's business and differs from machine to machine. */
function withoutMachine(key: string, value: unknown): unknown {
  if (key === "identity") return "worker";
  if (key === "stackTrace") return "";
  return value;
}

await using world = await createWorld({ apps: ["application", "worker"], ownServers: true });
const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "business" });
await awaitOutcome(world, tenant, ["SUCCEEDED"]);

async function write(name: string, asked: Parameters<typeof requestKeys>[2]): Promise<void> {
  const operationId = await requestKeys(world, tenant, asked);
  await awaitKeys(world, tenant, operationId);
  const run = world.temporal.workflow.getHandle(`keys:${operationId}`);
  await run.result();
  const json = JSON.stringify(JSON.parse(historyToJSON(await openHistory(world.payloadKeys, await run.fetchHistory()))), withoutMachine, 1);
  await writeFile(new URL(`keys-${name}.json`, folder), `${json}\n`);
}

const keyArn = await createCustomerKey(world, tenant);
const unfit = await createCustomerKey(world, tenant, { without: ["kms:Decrypt"] });
await write("tried", { action: "change", keyArn, trial: "only" });
await write("refused", { action: "change", keyArn: unfit });
await write("changed", { action: "change", keyArn });
await write("rotated", { action: "rotate" });
