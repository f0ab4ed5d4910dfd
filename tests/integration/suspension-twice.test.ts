import { createSuspensionActivities, type SuspensionActivities } from "@leasehold/activities/suspension/create-suspension-activities";
import { withConnection } from "@leasehold/db/client";
import { type ResumingStep, type SuspendingStep, type SuspensionStep, suspensionStepsFor } from "@leasehold/domain/suspension/steps";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { type Clients, createClients } from "@leasehold/worker/clients";
import { readEnv } from "@leasehold/worker/env";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { awaitOutcome, readOperation } from "../support/onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { activeFacts, askFor, closedFor, factsOf, resumed, snapshot } from "../support/suspension.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let clients: Clients;
let activities: SuspensionActivities;
let tenant: RequestedTenant;

beforeAll(async () => {
  world = await createWorld();
  await world.start("application", issuersWithoutPortal(world.stack));
  const worker = await world.start("worker");
  tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "business" });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  await worker.stop();
  clients = createClients(readEnv(stackEnv(world.stack, "worker")));
  activities = createSuspensionActivities({ ...clients, temporal: world.temporal });
});
afterAll(async () => {
  await clients?.close();
  await world?.[Symbol.asyncDispose]();
});

type Name = keyof SuspensionActivities;
/** A step without its row here does not compile. */
const runs: Record<SuspensionStep, Name> = {
  "begin-suspending": "beginSuspending",
  shut: "shutSuspended",
  "cut-off": "cutOffSuspended",
  "finish-suspending": "finishSuspending",
  "begin-resuming": "beginResuming",
  "restore-keys": "restoreSuspendedKeys",
  open: "openSuspended",
  "finish-resuming": "finishResuming",
};
const undoes: Record<Exclude<SuspensionStep, "finish-suspending" | "finish-resuming">, Name> = {
  "begin-suspending": "undoBeginSuspending",
  shut: "undoShutSuspended",
  "cut-off": "undoCutOffSuspended",
  "begin-resuming": "undoBeginResuming",
  "restore-keys": "undoRestoreSuspendedKeys",
  open: "undoOpenSuspended",
};
/** What nothing of is taken back: it is recorded with the step's end, which is not forgotten. */
const last: SuspensionStep[] = ["begin-suspending", "finish-suspending", "begin-resuming", "finish-resuming"];

type Ref = Pick<RequestedTenant, "tenantId" | "operationId">;

function run(name: Name, ref: Ref, attempt = 1): Promise<unknown> {
  const environment = new MockActivityEnvironment({ attempt, startToCloseTimeoutMs: 300_000 }, { logger: new DefaultLogger("ERROR") });
  return environment.run(activities[name] as (ref: object) => Promise<unknown>, ref);
}

/** As after a crash between the effect and its acknowledgement. */
const forget = (step: string, { operationId }: Ref, state = "RUNNING") =>
  withConnection(world.ownerUrl("control"), (owner) =>
    owner.query("update control.operation_steps set state = $3 where operation_id = $1 and step = $2", [operationId, step, state]),
  );

async function beginWith(asked: typeof closedFor | typeof resumed): Promise<Ref> {
  return { tenantId: tenant.tenantId, operationId: await askFor(world, tenant, asked) };
}

async function eachTwice(steps: readonly SuspensionStep[], ref: Ref): Promise<void> {
  for (const step of steps) {
    await run(runs[step], ref);
    const once = [await snapshot(world, tenant), await factsOf(world, tenant)];
    if (!last.includes(step)) await forget(step, ref);
    await run(runs[step], ref, 2);
    expect([await snapshot(world, tenant), await factsOf(world, tenant)], step).toEqual(once);
  }
}

async function takeBackEachTwice(steps: readonly (keyof typeof undoes)[], ref: Ref): Promise<void> {
  for (const step of steps) await run(runs[step], ref);
  await run("beginSuspensionRollback", ref);
  for (const step of steps.toReversed()) {
    await run(undoes[step], ref);
    await forget(step, ref, "UNDOING");
    await run(undoes[step], ref);
  }
  await run("finishSuspensionRollback", ref);
  expect((await readOperation(world, { ...tenant, ...ref })).state).toBe("ROLLED_BACK");
}

test("each undo of a suspension, carried out twice, leaves the tenant as it was", async () => {
  const before = await snapshot(world, tenant);
  const steps = suspensionStepsFor("suspend").slice(0, -1) as Exclude<SuspendingStep, "finish-suspending">[];
  await takeBackEachTwice(steps, await beginWith(closedFor));
  expect(await snapshot(world, tenant)).toEqual(before);
});

test("each step, carried out twice, is carried out once", async () => {
  const before = await snapshot(world, tenant);
  await eachTwice(suspensionStepsFor("suspend"), await beginWith(closedFor));
  expect(await factsOf(world, tenant)).toMatchObject({ state: "SUSPENDED", home: "shut", withheld: true, key: "Disabled", heldBy: null });
  const suspended = await snapshot(world, tenant);
  const steps = suspensionStepsFor("resume").slice(0, -1) as Exclude<ResumingStep, "finish-resuming">[];
  await takeBackEachTwice(steps, await beginWith(resumed));
  expect({ ...(await snapshot(world, tenant)), "keyring.data_keys": "" }).toEqual({ ...suspended, "keyring.data_keys": "" });
  await eachTwice(suspensionStepsFor("resume"), await beginWith(resumed));
  expect(await factsOf(world, tenant)).toEqual({ ...activeFacts, key: "Enabled" });
  expect(await snapshot(world, tenant)).toEqual(before);
});

test("an attempt that was given up long ago changes nothing when it wakes", async () => {
  const ref = await beginWith(closedFor);
  for (const step of suspensionStepsFor("suspend")) await run(runs[step], ref);
  const end = await beginWith(resumed);
  for (const step of suspensionStepsFor("resume")) await run(runs[step], end);
  const before = await snapshot(world, tenant);
  await withConnection(world.ownerUrl("control"), (owner) =>
    owner.query(`begin; alter table control.operations disable trigger user;
      update control.operations set state = 'RUNNING' where operation_id = '${ref.operationId}';
      alter table control.operations enable trigger user; commit`),
  );
  for (const step of ["shut", "cut-off"] as const) {
    await forget(step, ref);
    await expect(run(runs[step], ref, 2)).rejects.toMatchObject({ type: "PRECONDITION_FAILED", details: ["not-held"] });
  }
  expect(await snapshot(world, tenant)).toEqual(before);
});
