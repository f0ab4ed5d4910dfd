import { fork } from "node:child_process";
import { once } from "node:events";
import { type OnboardingStep, onboardingStageSteps } from "@leasehold/domain/onboarding/steps";
import { type PlanId, plans } from "@leasehold/domain/plans";
import { pathsIn, type RunStatus, readJson } from "@leasehold/infra/local/supervision/files";
import { Client } from "@temporalio/client";
import { type PreparedSignUp, prepareSignUp, verifySignUp } from "../support/onboard.ts";
import { issuersWithoutPortal, storeAndReadDocument } from "../support/use-workspace.ts";
import { watchOperations } from "../support/watch-operations.ts";
import { createWorld, type World } from "../support/world.ts";
import type { bare } from "./bare-workflow.ts";
import { cpuMsOf } from "./measure.ts";

/** One thing that is measured: its work, and the processes that carry it out. */
export interface Contender extends AsyncDisposable {
  /** Processes by name. The client is this one. */
  pids: Record<string, number>;
  prepare(count: number): Promise<string[]>;
  /** Throws when the work went wrong. */
  work(id: string): Promise<void>;
  /** Of what was done last. */
  lastWorkflowId(): Promise<string>;
}

export const benchPlan: PlanId = "pro";

export function serverPids(world: World): Record<string, number> {
  const status = readJson<RunStatus>(pathsIn(world.stack.dataDir).status);
  return Object.fromEntries(Object.entries(status?.servers ?? {}).map(([name, ref]) => [name, ref.pid]));
}

export function createBenchWorld(durable: boolean): Promise<World> {
  return createWorld({ ownServers: true, durable });
}

/** Onboarding as a client outside sees it: from the verified sign-up to the first document written and read. */
export async function onboardingContender(world: World): Promise<Contender> {
  await using undo = new AsyncDisposableStack();
  const application = undo.use(await world.start("application", { ...issuersWithoutPortal(world.stack), LOG_LEVEL: "warn" }));
  const worker = undo.use(await world.start("worker", { LOG_LEVEL: "warn" }));
  const watch = undo.use(await watchOperations(world));
  const prepared = new Map<string, PreparedSignUp>();
  let last = "";
  /** Events of a whole onboarding, once one has been seen: looking at all that come before would be the client's work, not the onboarding's. */
  let events: number | undefined;
  const countEvents = async (operationId: string) => {
    const text = "select max(seq)::int as last from control.operation_events where operation_id = $1";
    return (await world.pool("control", "auditor").query<{ last: number }>(text, [operationId])).rows[0]?.last;
  };
  const owned = undo.move();
  return {
    pids: { ...serverPids(world), application: application.pid, worker: worker.pid, client: process.pid },
    async prepare(count) {
      const ids: string[] = [];
      for (let index = 0; index < count; index++) {
        const signUp = await prepareSignUp(world, benchPlan);
        prepared.set(signUp.tenantId, signUp);
        ids.push(signUp.tenantId);
      }
      return ids;
    },
    async work(id) {
      const signUp = prepared.get(id);
      if (signUp === undefined) throw new Error(`nobody prepared ${id}`);
      const operationId = await verifySignUp(world, signUp);
      last = operationId;
      prepared.delete(id);
      const { state } = await watch.until(operationId, ["SUCCEEDED", "NEEDS_ATTENTION", "ROLLED_BACK"], 60_000, events);
      if (state !== "SUCCEEDED") throw new Error(`the onboarding ended ${state}`);
      events ??= await countEvents(operationId);
      await storeAndReadDocument(world, signUp);
    },
    lastWorkflowId: async () => `onboarding:${last}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The stages of an onboarding as numbers of activities: one, several at once, one, one. */
export function shapeOf(plan: PlanId): number[] {
  const between: { after: OnboardingStep; before: OnboardingStep } = { after: "place", before: "activate" };
  return [1, ...onboardingStageSteps(plans[plan].placement, between).map((stage) => stage.length), 1];
}

/** A workflow of the same shape whose activities do nothing, on the same Temporal, by a worker with the same options. */
export async function bareContender(world: World): Promise<Contender> {
  const taskQueue = `bare-${world.id}`;
  const { address, namespace } = world.stack.temporal;
  const child = fork(new URL("bare-worker.ts", import.meta.url), [address, namespace, taskQueue], {
    execArgv: ["--max-semi-space-size=32"],
  });
  await once(child, "message");
  const { temporal = 0 } = serverPids(world);
  const stages = shapeOf(benchPlan);
  // A bare worker opens no payloads.
  const plain = new Client({ connection: world.temporal.connection, namespace });
  let last = "";
  return {
    pids: { temporal, worker: child.pid ?? 0, client: process.pid },
    prepare: async (count) => Array.from({ length: count }, () => `bare:${crypto.randomUUID()}`),
    async work(workflowId) {
      last = workflowId;
      const args: Parameters<typeof bare> = [{ ref: { operationId: workflowId, tenantId: workflowId }, stages }];
      await plain.workflow.execute<typeof bare>("bare", { workflowId, taskQueue, args, workflowExecutionTimeout: "60s" });
    },
    lastWorkflowId: async () => last,
    async [Symbol.asyncDispose]() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

export function cpuOf(pids: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMsOf(pid, { children: name === "postgres" })]));
}
