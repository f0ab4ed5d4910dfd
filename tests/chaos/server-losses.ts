import { setTimeout as sleep } from "node:timers/promises";
import { pathsIn, type RunStatus, readJson, type ServerName } from "@leasehold/infra/local/supervision/files";
import { decide, prepareSignUp, startOnboarding } from "../support/onboard.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { type ChaosCase, patienceMs } from "./chaos-case.ts";
import { assertWhole } from "./check-tenant.ts";
import type { FaultWorld } from "./fault-world.ts";

const tenants = 12;
const hangMs = 8_000;

/** A server lost while onboardings run. Needs servers of its own with their files, a worker, and one case at a time. */
export function listServerLosses(): ChaosCase[] {
  const losses: Record<string, (world: FaultWorld) => Promise<void>> = {
    "Temporal killed with SIGKILL, started again with its file": (world) => signalServer(world, "temporal", "SIGKILL"),
    "Temporal stopped, started again with its file": (world) => signalServer(world, "temporal", "SIGTERM"),
    "Postgres stopped at once, started again": (world) => signalServer(world, "postgres", "SIGINT"),
    "Postgres killed with SIGKILL, started again": (world) => signalServer(world, "postgres", "SIGKILL"),
    "the AWS emulator stopped in order, started again": (world) => signalServer(world, "aws", "SIGTERM"),
    "the AWS emulator hanging for 8 s": (world) => freezeServer(world, "aws"),
    "Temporal hanging for 8 s": (world) => freezeServer(world, "temporal"),
    "Postgres out of the worker's reach for 8 s": async ({ postgres }) => {
      postgres.let(false);
      await sleep(hangMs);
      postgres.let(true);
    },
    "the network to Temporal losing everything for 8 s": async ({ temporal }) => {
      temporal.set("blackhole");
      await sleep(hangMs);
      temporal.set("pass");
    },
    "the network to Temporal slow by 150 ms each way": async ({ temporal }) => {
      temporal.set({ latencyMs: 150 });
      await sleep(hangMs);
      temporal.set("pass");
    },
    "the application plane killed with SIGKILL, started again": restartApplication,
  };
  return Object.entries(losses).map(([id, lose]) => ({ id, run: (world) => runThroughLoss(world, lose) }));
}

async function runThroughLoss(faulty: FaultWorld, lose: (world: FaultWorld) => Promise<void>): Promise<string> {
  const { world, watch } = faulty;
  const signUps = await Promise.all(Array.from({ length: tenants }, () => prepareSignUp(world, "pro")));
  const started = await Promise.all(signUps.map(async (signUp) => ({ signUp, operationId: await startOnboarding(world, signUp) })));
  await Promise.race(started.map(({ operationId }) => watch.untilStep(operationId, "place", "SUCCEEDED", patienceMs)));
  const running = await countRunning(faulty);
  if (running === 0) throw new Error("nothing ran any more when the server was to be lost");
  await lose(faulty);
  let parked = 0;
  await Promise.all(
    started.map(async ({ signUp, operationId }) => {
      for (;;) {
        const seen = await watch.until(operationId, ["SUCCEEDED", "NEEDS_ATTENTION"], patienceMs);
        if (seen.state === "SUCCEEDED") break;
        parked += 1;
        await decide(world, signUp, operationId, { action: "retry-step", step: seen.attentionStep ?? "" });
        await watch.until(operationId, ["RUNNING", "SUCCEEDED"], patienceMs);
      }
      await assertWhole(world, signUp, operationId);
    }),
  );
  return `${running} of ${tenants} running then; all ACTIVE and whole${parked > 0 ? `, ${parked}× parked and retried` : ""}`;
}

async function countRunning({ world }: FaultWorld): Promise<number> {
  const open = "select count(*)::int as count from control.operations where state in ('REQUESTED', 'RUNNING')";
  const { rows } = await world.pool("control", "operator").query<{ count: number }>(open);
  return rows[0]?.count ?? 0;
}

/** Its supervisor starts it again; resolves when it has. */
async function signalServer({ world }: FaultWorld, name: ServerName, signal: NodeJS.Signals): Promise<void> {
  const before = pidOf(world.stack.dataDir, name);
  process.kill(before, signal);
  for (const until = Date.now() + patienceMs; pidOf(world.stack.dataDir, name) === before; await sleep(50)) {
    if (Date.now() > until) throw new Error(`${name} was not started again`);
  }
}

async function freezeServer({ world }: FaultWorld, name: ServerName): Promise<void> {
  const pid = pidOf(world.stack.dataDir, name);
  process.kill(pid, "SIGSTOP");
  await sleep(hangMs);
  process.kill(pid, "SIGCONT");
}

function pidOf(dataDir: string, name: ServerName): number {
  const pid = readJson<RunStatus>(pathsIn(dataDir).status)?.servers[name]?.pid;
  if (pid === undefined) throw new Error(`${name} does not run here`);
  return pid;
}

async function restartApplication(faulty: FaultWorld): Promise<void> {
  await faulty.application.stop("SIGKILL");
  await sleep(1_000);
  faulty.application = await faulty.world.start("application", {
    ...issuersWithoutPortal(faulty.world.stack),
    AWS_ENDPOINT_URL: faulty.aws.url,
  });
}
