import { loadavg } from "node:os";
import { proveIsolation } from "../isolation/prove.ts";
import { proveFuzz } from "../support/fuzz/prove-fuzz.ts";
import type { ChaosCase } from "./chaos-case.ts";
import { readCommit } from "./choose-sample.ts";
import { createFaultWorld, type FaultWorld } from "./fault-world.ts";
import { proveObjects } from "./prove-objects.ts";
import { proveOffboarding } from "./prove-offboarding.ts";
import { proveSuspension } from "./prove-suspension.ts";
import { type CaseResult, runCases } from "./run-cases.ts";
import { listServerLosses } from "./server-losses.ts";
import { listStepCases } from "./step-cases.ts";
import { listWorkerDeaths } from "./worker-deaths.ts";
import { machineNow, type Part, type Subject, writeReport } from "./write-report.ts";

// `pnpm prove [isolation [minutes], fuzz, offboarding, objects [number], suspension, onboarding, or part of a case's name]`: every case, and dated reports under docs/proof for what was run whole.
const [asked = "", further] = process.argv.slice(2).filter((argument) => argument !== "--");
const wanted = asked === "onboarding" ? "" : asked;
const unnoticed = asked === "" || wanted === "isolation" ? await proveIsolation({ minutes: Number(further ?? 60) }) : 0;
if (wanted === "isolation") process.exit(unnoticed > 0 ? 1 : 0);
const found = asked === "" || wanted === "fuzz" ? await proveFuzz() : 0;
if (wanted === "fuzz") process.exit(found > 0 ? 1 : 0);
if (wanted === "offboarding") process.exit((await proveOffboarding()) > 0 ? 1 : 0);
if (wanted === "objects") process.exit((await proveObjects({ objects: Number(further ?? 100_000) })) > 0 ? 1 : 0);
if (wanted === "suspension") process.exit((await proveSuspension()) > 0 ? 1 : 0);
const onboarding: Subject = {
  name: "onboarding",
  title: "Onboarding under faults",
  command: "pnpm prove",
  promise: [
    "After each case the tenant is ACTIVE and whole (every step recorded once, one key, one data key and one index key, one event, and a person of it stores",
    "and reads a document), or nothing is left of it but the record of the attempt and keys that wait for their deletion. A case whose fault",
    "never struck has failed.",
  ],
};
const minutesAtMost = 30;
const deadline = Date.now() + minutesAtMost * 60_000;
const begun = performance.now();
const commit = readCommit();
const loadBefore = loadavg()[0] ?? 0;
const parts: Part[] = [];

async function runPart(
  title: string,
  how: string,
  cases: ChaosCase[],
  options: { atOnce: number; worker: boolean; durable?: boolean },
): Promise<void> {
  const chosen = cases.filter(({ id }) => id.includes(wanted));
  if (chosen.length === 0) return;
  console.log(`\n${title}: ${chosen.length} cases`);
  const done = ({ id, ms, outcome, failure }: CaseResult) =>
    console.log(`${failure === undefined ? "held  " : "FAILED"} ${String(ms).padStart(6)} ms  ${id}: ${failure ?? outcome}`);
  await using world: FaultWorld = await createFaultWorld({ ownServers: true, durable: options.durable });
  if (options.worker) await world.startWorker({ LOG_LEVEL: "fatal" });
  parts.push({ title, how, results: await runCases(world, chosen, { atOnce: options.atOnce, deadline, done }) });
}

await runPart(
  "Faults of each step and its undo",
  "Each row of the table of faults for a tenant of its own, eight at once; a row that parks is retried in one case and rolled back in another.",
  listStepCases(),
  { atOnce: 8, worker: true },
);
await runPart(
  "The worker killed at each step",
  "SIGKILL while the step is held before its effect; after its effect, while Temporal hears nothing; and while the step is undone. Another worker takes over.",
  listWorkerDeaths(),
  { atOnce: 1, worker: false },
);
await runPart(
  "Servers lost while onboardings run",
  "Twelve onboardings at once, Temporal with its file, Postgres with fsync; the loss comes when the first tenant has its place.",
  listServerLosses(),
  { atOnce: 1, worker: true, durable: true },
);

const results = parts.flatMap((part) => part.results);
const failed = results.filter(({ failure }) => failure !== undefined);
const seconds = Math.round((performance.now() - begun) / 1000);
if (wanted === "" && results.length > 0) {
  const day = new Date().toISOString().slice(0, 10);
  console.log(`\nWritten: ${writeReport({ subject: onboarding, day, commit, machine: machineNow(loadBefore), seconds, parts })}`);
}
console.log(`${results.length - failed.length} held, ${failed.length} failed, in ${seconds} s`);
// Ended by itself, Node 24 may wait without end, and busy, for requests of connections that were lost (Environment::CleanupHandles).
process.exit(failed.length > 0 || unnoticed > 0 || found > 0 || results.length === 0 ? 1 : 0);
