import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inheritedEnv } from "@leasehold/infra/local/env";
import { createPayloadKeys } from "@leasehold/tenancy/payloads/payload-keys";
import { clientConverter } from "@leasehold/worker/temporal/data-converter";
import { offboardingChangedSignal, offboardTenantType } from "@leasehold/workflows/offboarding/contract";
import { statusAttribute, tenantIdAttribute } from "@leasehold/workflows/operations/contract";
import { type WorkflowHandle, WorkflowNotFoundError } from "@temporalio/client";
import { createTestDatabases, type TestDatabases } from "../databases.ts";
import { openHistory } from "../open-history.ts";
import { startSkippedTime } from "../time-skipping.ts";
import { type Closing, type ClosingFacts, type ControlPools, connectControl, readFacts } from "./closing.ts";
import { bundleClosing, editBundle } from "./edit-bundle.ts";
import type { SkippedWorkerSettings } from "./skipped-worker.ts";

const taskQueue = "skipped";
/** Several time-outs of tasks that were handed to a worker that was killed. */
const patienceMs = 110_000;
const script = fileURLToPath(new URL("./skipped-worker.ts", import.meta.url));

/** Real databases, the real workflow and its real activities up to the point of no return, on time that is skipped. */
export interface SkippedWorld extends AsyncDisposable {
  databases: TestDatabases;
  pools: ControlPools;
  /** The worker is killed, and another takes its runs up: with edited workflows when told. */
  replaceWorker(edit?: Parameters<typeof editBundle>[0]): Promise<void>;
  /** Starts a closing's run. */
  start(closing: Closing): Promise<WorkflowHandle>;
  /** Waits until a hold has begun. */
  awaitHold(closing: Closing): Promise<void>;
  /** The run is told that something was decided, as the dispatcher tells it; it has looked when this resolves. */
  tell(closing: Closing): Promise<void>;
  /**
   * Skips to a moment, in milliseconds since 1970, from one timer of the runs to the next, and lets the runs do what they do then. Further
   * where a timer would fire soon behind it: the test server loses a task in which a timer is cancelled that fires meanwhile.
   */
  skipTo(at: number): Promise<void>;
  now(): Promise<number>;
  until(closing: Closing, holds: (facts: ClosingFacts) => boolean): Promise<void>;
  /** A run's history, opened. */
  historyOf(closing: Closing): ReturnType<WorkflowHandle["fetchHistory"]>;
  /** Steps that succeeded behind the point of no return, in the order in which they did. */
  shreddedSteps(closing: Closing): Promise<string[]>;
}

export async function createSkippedWorld(): Promise<SkippedWorld> {
  await using undo = new AsyncDisposableStack();
  const databases = undo.use(await createTestDatabases());
  const pools = undo.adopt(connectControl(databases), (open) => open.end());
  const payloadKey = randomBytes(32);
  const unwrap = async () => ({ version: 1, key: Buffer.from(payloadKey) });
  const keys = undo.adopt(createPayloadKeys({ unwrap }), (open) => open.close());
  const environment = undo.adopt(await startSkippedTime(clientConverter(keys)), (open) => open.teardown());
  const folder = undo.adopt(await mkdtemp(join(tmpdir(), "leasehold-skipped-")), (path) => rm(path, { recursive: true, force: true }));
  const settings = {
    address: environment.address,
    taskQueue,
    controlUrl: databases.urlOf("control", "worker"),
    applicationUrl: databases.urlOf("application", "worker"),
    keyringUrl: databases.urlOf("keyring", "worker"),
    payloadKey: payloadKey.toString("hex"),
  };
  let worker: ChildProcess | undefined;
  undo.defer(() => kill(worker));
  const open = new Set<WorkflowHandle>();
  /** Waits until every run sleeps or has ended. */
  const settle = async () => {
    for (const handle of open) {
      const ended = await waitForRest(handle).catch((error: unknown) => {
        // Not waited for again by the tests that come after.
        open.delete(handle);
        throw error;
      });
      if (ended) open.delete(handle);
    }
  };

  const sleepUntil = async (at: number) => {
    const ms = at - (await environment.currentTimeMs());
    if (ms > 0) await environment.sleep(ms);
  };

  const world: SkippedWorld = {
    databases,
    pools,
    async replaceWorker(edit) {
      await kill(worker);
      const codePath = join(folder, `${edit ?? "as-it-is"}.js`);
      await writeFile(codePath, (edit === undefined ? await bundleClosing() : await editBundle(edit)).code);
      worker = await startWorker({ ...settings, codePath });
    },
    async start(closing) {
      const { tenantId, operationId } = closing;
      const handle = await environment.client.workflow.start(offboardTenantType, {
        workflowId: `offboarding:${operationId}`,
        taskQueue,
        args: [{ tenantId, operationId }],
        workflowTaskTimeout: "10s",
        typedSearchAttributes: [
          { key: tenantIdAttribute, value: tenantId },
          { key: statusAttribute, value: "RUNNING" },
        ],
      });
      open.add(handle);
      return handle;
    },
    async awaitHold(closing) {
      await world.until(closing, ({ ends_at }) => ends_at !== null);
      await settle();
    },
    async tell({ operationId }) {
      const told = environment.client.workflow.getHandle(`offboarding:${operationId}`).signal(offboardingChangedSignal);
      await told.catch((error: unknown) => (error instanceof WorkflowNotFoundError ? undefined : Promise.reject(error)));
      await settle();
    },
    async skipTo(at) {
      for (let due = await firstTimer(open); due <= at + quietMs; due = await firstTimer(open)) {
        await sleepUntil(due);
        await waitUntilFired(open, due);
        await settle();
      }
      await sleepUntil(at);
      await settle();
    },
    now: () => environment.currentTimeMs(),
    async until(closing, holds) {
      const patience = Date.now() + patienceMs;
      let facts = await readFacts(databases, closing);
      for (; !holds(facts); facts = await readFacts(databases, closing)) {
        if (Date.now() > patience) throw new Error(`it never came to hold; the catalog says ${JSON.stringify(facts)}`);
        await wait(15);
      }
    },
    async historyOf({ operationId }) {
      return openHistory(keys, await environment.client.workflow.getHandle(`offboarding:${operationId}`).fetchHistory());
    },
    async shreddedSteps({ operationId }) {
      const rows = await databases.query<{ step: string }>(
        "control",
        `select e.step from control.operation_events e join control.operation_steps s using (tenant_id, operation_id, step)
         where e.operation_id = $1 and e.state = 'SUCCEEDED' and s.stage > 3 order by e.seq`,
        [operationId],
      );
      return rows.map(({ step }) => step);
    },
    [Symbol.asyncDispose]: async () => {},
  };
  await world.replaceWorker();
  const owned = undo.move();
  world[Symbol.asyncDispose] = () => owned.disposeAsync();
  return world;
}

/** Types of Temporal's events: a timer that was started, that fired, that was cancelled; and the ends of a run. */
const [timerStarted, timerFired, timerCanceled] = [17, 18, 19];
const endings = [2, 3, 4, 5, 21, 28];
/** No timer may fire so soon after a moment that was skipped to, in milliseconds: tests decide meanwhile, as slowly as the machine is. */
const quietMs = 30_000;

/** @returns whether the run has ended */
async function waitForRest(handle: WorkflowHandle): Promise<boolean> {
  for (const patience = Date.now() + patienceMs; Date.now() < patience; await wait(30)) {
    const { events } = await handle.fetchHistory();
    const last = events?.at(-1)?.eventType ?? 0;
    if (endings.includes(last)) return true;
    if (last === timerStarted) return false;
  }
  throw new Error(`the run ${handle.workflowId} neither sleeps nor ends`);
}

/** When the first timer of the runs fires, in milliseconds since 1970; infinite where none waits. */
async function firstTimer(runs: Iterable<WorkflowHandle>): Promise<number> {
  return Math.min(...(await Promise.all([...runs].map(timersOf))).flat());
}

async function waitUntilFired(runs: Iterable<WorkflowHandle>, due: number): Promise<void> {
  for (const patience = Date.now() + patienceMs; (await firstTimer(runs)) <= due; await wait(30)) {
    if (Date.now() > patience) throw new Error(`a timer that was due at ${new Date(due).toISOString()} does not fire`);
  }
}

/** When a run's timers fire that wait, in milliseconds since 1970. */
async function timersOf(handle: WorkflowHandle): Promise<number[]> {
  const due = new Map<string, number>();
  for (const event of (await handle.fetchHistory()).events ?? []) {
    const started = event.timerStartedEventAttributes;
    if (event.eventType === timerStarted && started != null) {
      const spans = [event.eventTime, started.startToFireTimeout];
      const ms = spans.reduce((sum, span) => sum + Number(span?.seconds ?? 0) * 1_000 + Number(span?.nanos ?? 0) / 1e6, 0);
      due.set(started.timerId ?? "", Math.ceil(ms));
    } else if (event.eventType === timerFired) due.delete(event.timerFiredEventAttributes?.timerId ?? "");
    else if (event.eventType === timerCanceled) due.delete(event.timerCanceledEventAttributes?.timerId ?? "");
  }
  return [...due.values()];
}

function startWorker(settings: SkippedWorkerSettings): Promise<ChildProcess> {
  const child = spawn(process.execPath, [script, JSON.stringify(settings)], { env: inheritedEnv(), stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
    child.stdout?.on("data", (chunk: Buffer) => chunk.includes("polling") && resolve(child));
  });
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
