import { loadavg } from "node:os";
import { readCommit } from "./choose-sample.ts";
import { dieTogether } from "./die-suspending.ts";
import { createFaultWorld } from "./fault-world.ts";
import type { CaseResult } from "./run-cases.ts";
import { listSuspensionDeaths, type SuspensionDeath } from "./suspension-deaths.ts";
import { machineNow, type Subject, writeReport } from "./write-report.ts";

const subject: Subject = {
  name: "suspension",
  title: "Suspensions, and their ends, whose worker is killed",
  command: "pnpm prove suspension",
  promise: [
    "After each case the tenant is suspended and whole (catalog, placement, home, wrapped keys and KMS key say the same; nobody reads), and as it was before once it is",
    "resumed; or it is active and as it was before, row by row; what was parked still waits for an operator. Its owners are told of it once, or not at all.",
  ],
};
/** Fewer than the worker has connections to the control database: each that is held has one. */
const atOnce = 14;

/** Every death of a suspension, many by one signal, and the dated report. @returns how many failed */
export async function proveSuspension(): Promise<number> {
  const begun = performance.now();
  const loadBefore = loadavg()[0] ?? 0;
  const deaths = listSuspensionDeaths(["business", "enterprise"]);
  await using world = await createFaultWorld({ ownServers: true });
  const results: CaseResult[] = [];
  for (let from = 0; from < deaths.length; from += atOnce) results.push(...(await runBatch(world, deaths.slice(from, from + atOnce))));
  const title = "The worker killed at each step";
  const how = `SIGKILL, ${atOnce} tenants at once, each held at its own step: before each call of its effect, before its acknowledgement, parked, or while it is undone.`;
  const [day, seconds] = [new Date().toISOString().slice(0, 10), Math.round((performance.now() - begun) / 1000)];
  const parts = [{ title, how, results }];
  console.log(`Written: ${writeReport({ subject, day, commit: readCommit(), machine: machineNow(loadBefore), seconds, parts })}`);
  return results.filter(({ failure }) => failure !== undefined).length;
}

async function runBatch(world: Parameters<typeof dieTogether>[0], deaths: readonly SuspensionDeath[]): Promise<CaseResult[]> {
  const begun = performance.now();
  const found = await dieTogether(world, deaths).catch((error: Error) =>
    deaths.map(({ id }) => ({ id, outcome: "", failure: `the batch did not run: ${error.message}` })),
  );
  const ms = Math.round(performance.now() - begun);
  for (const { id, outcome, failure } of found) console.log(`${failure === undefined ? "held  " : "FAILED"}  ${id}: ${failure ?? outcome}`);
  return found.map((one) => ({ ...one, ms }));
}
