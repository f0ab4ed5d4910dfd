import { requestErasure } from "@leasehold/db/control/offboarding/erasure/request-erasure";
import { newId, type OperationId } from "@leasehold/domain/ids";
import { addWorkspacePerson } from "../support/certificates/workspace-person.ts";
import { answerAsPortal } from "../support/offboarding/shredding-world.ts";
import { awaitOutcome, decide } from "../support/onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { denyWorker } from "../support/worker-rights.ts";
import { createWorld } from "../support/world.ts";
import { readHistory, saveHistory } from "./save-history.ts";

// Writes the histories of persons' erasures that replay.test.ts replays, from real runs: node tests/replay/write-erasure-histories.ts.
// When to run it, write-histories.ts says.
await using world = await createWorld({ ownServers: true });
await world.start("application", issuersWithoutPortal(world.stack));
await world.start("worker");
const answering = setInterval(() => void answerAsPortal(world).catch(() => undefined), 300);
const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
await awaitOutcome(world, tenant, ["SUCCEEDED"]);

async function begin(): Promise<RequestedTenant> {
  const { userId, email } = await addWorkspacePerson(world, tenant);
  const ctx = { tenantId: tenant.tenantId, actor: { type: "user", userId: tenant.userId }, requestId: newId("request") } as const;
  const asked = { userId, email, documents: "delete", idempotencyKey: newId("command") } as const;
  const { operationId } = await requestErasure(world.pool("control", "portal"), ctx, asked);
  return { ...tenant, operationId: operationId as OperationId };
}
const runOf = ({ operationId }: RequestedTenant) => world.temporal.workflow.getHandle(`erasure:${operationId}`);
async function end(erasure: RequestedTenant): Promise<void> {
  await awaitOutcome(world, erasure, ["SUCCEEDED"], 200_000);
  await runOf(erasure).result();
}
const write = async (name: string, erasure: RequestedTenant) =>
  saveHistory(`erasure-${name}`, await readHistory(world.payloadKeys, runOf(erasure)));

const finished = await begin();
await end(finished);
await write("finished", finished);

const allow = await denyWorker(world, "kms:Sign");
const parked = await begin();
await awaitOutcome(world, parked, ["NEEDS_ATTENTION"], 200_000);
await allow();
await write("parked", parked);
await decide(world, parked, "retry-step", "certify-erasure");
await end(parked);
await write("retried", parked);
clearInterval(answering);
