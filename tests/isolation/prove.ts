import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { readCommit } from "../chaos/choose-sample.ts";
import { createTestDatabases } from "../support/databases.ts";
import { codeMutations } from "../support/mutations/code-mutations.ts";
import { runCodeMutations } from "../support/mutations/run-code-mutations.ts";
import { runDatabaseMutations } from "../support/mutations/run-database-mutations.ts";
import { listPredicateMutations } from "../support/mutations/tenant-predicates.ts";
import type { MutationResult } from "../support/mutations/try-mutation.ts";

/**
 * Takes every protection away, one at a time, and asks the tests whether they notice: those of the databases inside of transactions,
 * those of the code in a copy of the checkout. Writes a dated report under docs/proof. Begins no mutation of the code after
 * `minutes`, which the report says. @returns how many nobody noticed
 */
export async function proveIsolation({ minutes }: { minutes: number }): Promise<number> {
  const begun = performance.now();
  const loadBefore = loadavg()[0] ?? 0;
  const until = Date.now() + minutes * 60_000;
  const done = ({ id, killer }: MutationResult) => console.log(`${killer === undefined ? "SURVIVED" : "killed  "} ${id}`);
  const inCode = [...codeMutations, ...listPredicateMutations()];
  const [ofDatabases, ofCode] = await Promise.all([tryDatabases(), runCodeMutations(inCode, { until, done })]);
  tell("of the code", ofCode);
  const results = [...ofDatabases, ...ofCode];
  const untried = inCode.length - ofCode.length;
  const seconds = Math.round((performance.now() - begun) / 1000);
  const path = `docs/proof/${new Date().toISOString().slice(0, 10)}-isolation.md`;
  writeFileSync(join(repositoryRoot, path), render(results, { untried, seconds, loadBefore }));
  console.log(`Written: ${path}`);
  return results.filter(({ killer }) => killer === undefined).length + untried;
}

async function tryDatabases(): Promise<MutationResult[]> {
  await using databases = await createTestDatabases();
  const results = await runDatabaseMutations(databases);
  tell("of the databases", results);
  for (const { id, killer } of results) if (killer === undefined) console.log(`SURVIVED ${id}`);
  return results;
}

function tell(what: string, results: readonly MutationResult[]): void {
  console.log(`${results.filter(({ killer }) => killer !== undefined).length} of ${results.length} mutations ${what} were noticed`);
}

function render(results: readonly MutationResult[], run: { untried: number; seconds: number; loadBefore: number }): string {
  const killed = results.filter(({ killer }) => killer !== undefined);
  const survivors = results.filter(({ killer }) => killer === undefined);
  const kinds = Object.entries(Object.groupBy(results, ({ kind }) => kind));
  const killers = Object.entries(Object.groupBy(killed, ({ killer = "" }) => killer.split(":")[0] ?? ""));
  const memory = Math.round(totalmem() / 1024 ** 3);
  const lines = [
    `# Protections of isolation, taken away one at a time, ${new Date().toISOString().slice(0, 10)}`,
    "",
    `\`pnpm prove isolation\` at commit ${readCommit().slice(0, 12)}: ${killed.length} of ${results.length} mutations were noticed, ${survivors.length} were not, ${run.untried} were not tried, in ${run.seconds} s.`,
    "",
    `Machine: ${availableParallelism()} cores, ${memory} GiB; load ${run.loadBefore.toFixed(2)} before, ${(loadavg()[0] ?? 0).toFixed(2)} after.`,
    "",
    "Each policy is dropped, each condition and each of its parts left out, row-level security switched off, each guard's trigger dropped",
    "and each of its refusals silenced, each right given and taken, inside of a transaction that is rolled back; the checks of",
    "tests/isolation then look at that database. Predicates and checks of the code are changed in a copy of the checkout, and the tests",
    "that are mapped to them run there; where a predicate is tried, row-level security is off. Without a mutation everything is green.",
    "",
    "| what | noticed | of |",
    "| --- | ---: | ---: |",
    ...kinds.map(([kind, own = []]) => `| ${kind} | ${own.filter(({ killer }) => killer !== undefined).length} | ${own.length} |`),
    "",
    "| noticed first by | mutations |",
    "| --- | ---: |",
    ...killers.map(([killer, own = []]) => `| ${killer} | ${own.length} |`),
    "",
    "## Not noticed",
    "",
    ...(survivors.length === 0 ? ["None."] : survivors.map(({ id, kind }) => `- ${kind}: ${id.replaceAll("\n", " ")}`)),
    "",
    "## Not among the mutations",
    "",
    "Triggers that only wake a process (`announce` of commands and mail), the help for migrations (`change_rows`), constraints of single",
    "columns, checks of the code that are not in tests/support/mutations/code-mutations.ts, comparisons of tenants that are written as SQL or are",
    "exempt in tests/support/mutations/predicate-tests.ts, and two mutations at once.",
  ];
  return `${lines.join("\n")}\n`;
}
