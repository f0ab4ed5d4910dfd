import { spawn } from "node:child_process";
import { join } from "node:path";
import { inheritedEnv } from "@leasehold/infra/local/env";
import { startServers } from "../servers.ts";
import type { CodeMutation } from "./code-mutations.ts";
import { copySourceTree, type SourceTree } from "./source-tree.ts";
import type { MutationResult } from "./try-mutation.ts";

/** Longer than the tests of one mutation last on a busy machine. */
const patienceMs = 600_000;

/**
 * Makes each mutation in a copy of the checkout and runs the tests that have to notice it. Those tests are run without a mutation
 * first: one that is red anyhow proves nothing.
 */
export async function runCodeMutations(
  mutations: readonly CodeMutation[],
  options: { until: number; done?: (result: MutationResult) => void },
): Promise<MutationResult[]> {
  await using servers = await startServers();
  using tree = copySourceTree();
  const run = (tests: CodeMutation["tests"]) => runTests(tree, servers.stack.dataDir, tests);
  const results: MutationResult[] = [];
  const green = new Map<string, string>();
  for (const mutation of mutations) {
    if (Date.now() > options.until) break;
    const { file, name } = mutation.tests;
    const before = green.get(file) ?? (await run({ file, name: namesIn(mutations, file) }));
    green.set(file, before);
    const after = before === "passed" ? await tree.withMutation(mutation, () => run(mutation.tests)) : "not tried";
    const killer = after === "failed" ? [file, name].filter(Boolean).join(": ") : undefined;
    const result = { id: mutation.id, kind: before === "passed" ? "check in the code" : `check in the code, its tests ${before}`, killer };
    results.push(result);
    options.done?.(result);
  }
  return results;
}

/** Of every mutation's tests in one file, as one pattern; undefined when a mutation takes the whole file. */
function namesIn(mutations: readonly CodeMutation[], file: string): string | undefined {
  const names = mutations.filter(({ tests }) => tests.file === file).map(({ tests }) => tests.name);
  return names.includes(undefined) ? undefined : [...new Set(names)].join("|");
}

/** `passed`, `failed`, or `none` when no test has such a name. */
function runTests({ root }: SourceTree, dataDir: string, { file, name }: CodeMutation["tests"]): Promise<"passed" | "failed" | "none"> {
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
