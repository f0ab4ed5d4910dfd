import { loadavg } from "node:os";
import { createWholeWorld } from "../support/offboarding/whole-world.ts";
import { readCommit } from "./choose-sample.ts";
import { closeUnderDeaths, deadlySteps } from "./closing-deaths.ts";
import { proveCanaries } from "./prove-canaries.ts";
import type { CaseResult } from "./run-cases.ts";
import { machineNow, type Subject, writeReport } from "./write-report.ts";

const subject: Subject = {
  name: "offboarding",
  title: "Closings under faults, and what is left after them",
  command: "pnpm prove offboarding",
  promise: [
    "A closing whose worker is killed is certified once, its last instant has come once, no store of it has anything left, and the wrapped keys of all others",
    "are what they were. A text that was planted in a store of a tenant that has gone is read nowhere: not in the data folders of Postgres, Temporal and the",
    "AWS emulator, not in the logs, and not in copies of all of them from before; the copy's wrapped keys open nothing, with every right that AWS gives.",
  ],
};

/** Closings whose worker is killed, closings whose stores are looked through, and the dated report. @returns how many failed */
export async function proveOffboarding(): Promise<number> {
  const begun = performance.now();
  const loadBefore = loadavg()[0] ?? 0;
  const parts = [
    {
      title: "What was planted in every store",
      how: "One tenant of each plan is closed, one stays: silos with a database, a bucket and a key of their own, a key of its own in the pool, and the pool's epoch.",
      results: await proveCanaries(tell),
    },
    {
      title: "The worker killed at each step",
      how: "SIGKILL as soon as the catalog says that the step runs, or after it has ended where it was too quick to be met; one closing at all of them.",
      results: await proveDeaths(),
    },
  ];
  const [day, seconds] = [new Date().toISOString().slice(0, 10), Math.round((performance.now() - begun) / 1000)];
  console.log(`Written: ${writeReport({ subject, day, commit: readCommit(), machine: machineNow(loadBefore), seconds, parts })}`);
  return parts.flatMap(({ results }) => results).filter(({ failure }) => failure !== undefined).length;
}

async function proveDeaths(): Promise<CaseResult[]> {
  await using whole = await createWholeWorld();
  const results: CaseResult[] = [];
  for (const steps of [...deadlySteps.map((step) => [step]), deadlySteps]) {
    const begun = performance.now();
    const result: CaseResult = { id: steps.length === 1 ? `${steps[0]}` : "every step", outcome: "", failure: undefined, ms: 0 };
    try {
      const tenant = await whole.onboard("business");
      await tenant.documents.store("Ours.txt", Buffer.from("to be erased"));
      result.outcome = `certified once; killed ${await closeUnderDeaths(whole, tenant, steps)}×`;
    } catch (error) {
      result.failure = error instanceof Error ? error.message : String(error);
    }
    result.ms = Math.round(performance.now() - begun);
    results.push(result);
    tell(result);
  }
  return results;
}

function tell({ id, ms, outcome, failure }: CaseResult): void {
  console.log(`${failure === undefined ? "held  " : "FAILED"} ${String(ms).padStart(6)} ms  ${id}: ${failure ?? outcome}`);
}
