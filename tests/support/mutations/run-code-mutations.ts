import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { inheritedEnv } from "@leasehold/infra/local/env";
import { startServers } from "../servers.ts";
import type { CodeMutation } from "./code-mutations.ts";
import { copySourceTree, type SourceTree } from "./source-tree.ts";
import type { MutationResult } from "./try-mutation.ts";

/** Longer than the tests of one mutation last on a busy machine. */
const patienceMs = 600_000;

/**
 * Makes each mutation in a copy of the checkout and runs the tests that have to notice it, as many at once as there are cores and one.
 * Those tests are run without a mutation first, once more when they are red: one that is red anyhow proves nothing.
 */
export async function runCodeMutations(
  mutations: readonly CodeMutation[],
  options: { until: number; done?: (result: MutationResult) => void },
): Promise<MutationResult[]> {
  await using servers = await startServers();
  const results = new Map<CodeMutation, MutationResult>();
  const green = new Map<string, Promise<Outcome>>();
  const waiting = [...mutations];
  const work = async () => {
    using tree = copySourceTree();
    const run = (tests: CodeMutation["tests"]) => runTests(tree, servers.stack.dataDir, tests);
    for (let next = waiting.shift(); next !== undefined && Date.now() < options.until; next = waiting.shift()) {
      const mutation = next;
      const { file, name } = mutation.tests;
      const unchanged = { file, name: namesIn(mutations, file) };
      const before = green.get(file) ?? run(unchanged).then((outcome) => (outcome === "passed" ? outcome : run(unchanged)));
      green.set(file, before);
      const passed = (await before) === "passed";
      const after = passed ? await tree.withMutation(mutation, () => run(mutation.tests)) : "not tried";
      const killer = after === "failed" ? [file, name].filter(Boolean).join(": ") : undefined;
      const result = { id: mutation.id, kind: passed ? "check in the code" : `check in the code, its tests ${await before}`, killer };
      results.set(mutation, result);
      options.done?.(result);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, work));
  return mutations.flatMap((mutation) => results.get(mutation) ?? []);
}

/** Whether the tests that have to notice one mutation do, on servers that are there; they are green without it, or nothing is proved. */
export async function isNoticed(mutation: CodeMutation, dataDir: string): Promise<boolean> {
  using tree = copySourceTree();
  return (await tree.withMutation(mutation, () => runTests(tree, dataDir, mutation.tests))) === "failed";
}

/** Of every mutation's tests in one file, as one pattern; undefined when a mutation takes the whole file. */
function namesIn(mutations: readonly CodeMutation[], file: string): string | undefined {
  const names = mutations.filter(({ tests }) => tests.file === file).map(({ tests }) => tests.name);
  return names.includes(undefined) ? undefined : [...new Set(names)].join("|");
}

/** `none` when no test has such a name. */
type Outcome = "passed" | "failed" | "none";

function runTests({ root }: SourceTree, dataDir: string, { file, name }: CodeMutation["tests"]): Promise<Outcome> {
  const program = join(root, "tests/node_modules/vitest/vitest.mjs");
  const config = join(root, "tests/support/mutations/vitest.config.ts");
  const args = [program, "run", "--config", config, "--reporter=dot", "--bail=1", ...(name === undefined ? [] : ["-t", name]), file];
  const env = { ...inheritedEnv(), LEASEHOLD_TEST_DATA_DIR: dataDir };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const giveUp = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  return new Promise((resolve) =>
    child.once("exit", (code) => {
      clearTimeout(giveUp);
      const ran = /\d+ (passed|failed)/.test(output);
      resolve(ran ? (code === 0 ? "passed" : "failed") : "none");
    }),
  );
}
