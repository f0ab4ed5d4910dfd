import { KMSClient, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import { requestIntervention } from "@leasehold/db/control/operations/request-intervention";
import { newId } from "@leasehold/domain/ids";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { operators } from "../support/operators.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";
import { carryOut, closedFor, resumed, snapshot } from "../support/suspension.ts";
import { createWorld } from "../support/world.ts";
import { readHistory, saveHistory } from "./save-history.ts";

// Writes the histories of suspensions that replay.test.ts replays, from real runs: node tests/replay/write-suspension-histories.ts.
// When to run it, write-histories.ts says.

await using world = await createWorld({ apps: ["application", "worker"], ownServers: true });
const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "business" });
await awaitOutcome(world, tenant, ["SUCCEEDED"]);

async function write(name: string, operationId: string): Promise<void> {
  const run = world.temporal.workflow.getHandle(`suspension:${operationId}`);
  await run.result();
  await saveHistory(`suspension-${name}`, await readHistory(world.payloadKeys, run));
}

await write("suspended", (await carryOut(world, tenant, closedFor)).operationId);
await write("resumed", (await carryOut(world, tenant, resumed)).operationId);

await carryOut(world, tenant, closedFor);
const rows = (await snapshot(world, tenant))["app.tenant_placement"] as { row: { key_arn: string } }[];
await new KMSClient(world.aws("root")).send(new ScheduleKeyDeletionCommand({ KeyId: rows[0]?.row.key_arn ?? "", PendingWindowInDays: 7 }));
const parked = await carryOut(world, tenant, resumed);
await requestIntervention(world.pool("control", "operator"), {
  ...parked,
  tenantId: tenant.tenantId,
  action: "roll-back",
  step: "restore-keys",
  reason: "a test",
  idempotencyKey: newId("command"),
  operatorId: operators.ada,
  requestId: newId("request"),
});
await write("rolled-back", parked.operationId);
