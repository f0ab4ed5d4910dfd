import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { inheritedEnv } from "@leasehold/infra/local/env";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { isPortTaken } from "@leasehold/infra/local/processes/port-holder";

/*
 * Clones the committed state into an empty folder, with empty caches of its own, and runs the README's two commands, `dev` twice:
 *
 *   node tests/support/fresh-clone-proof.ts [--warm] [--only-dev] [--port-offset 2300]
 *
 * --warm keeps the machine's package caches, --only-dev leaves out `pnpm test`. Fails on the first thing that is not so.
 */
const { values } = parseArgs({
  options: {
    warm: { type: "boolean", default: false },
    "only-dev": { type: "boolean", default: false },
    "port-offset": { type: "string", default: "2300" },
  },
});
const root = mkdtempSync(join(tmpdir(), "leasehold proof "));
chmodSync(root, 0o755);
const clone = join(root, "a fresh clone");
const caches = join(root, "caches");
const emptyCaches = {
  XDG_CACHE_HOME: caches,
  XDG_DATA_HOME: join(caches, "data"),
  npm_config_cache: join(caches, "npm"),
  npm_config_store_dir: join(caches, "pnpm"),
  PIP_CACHE_DIR: join(caches, "pip"),
  LEASEHOLD_CACHE_DIR: join(caches, "leasehold"),
};
// Without what a script of this checkout adds: a reader's shell has neither its Node nor its settings.
const path = (process.env.PATH ?? "").split(":").filter((entry) => !entry.includes("node_modules"));
const env = { ...inheritedEnv(), PATH: path.join(":"), ...(values.warm ? {} : emptyCaches), LEASEHOLD_PORT_OFFSET: values["port-offset"] };

function start(script: "dev" | "test", onLine: (line: string) => void): ChildProcess {
  const child = spawn("npx", ["--yes", "pnpm@12", script], { cwd: clone, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      console.log(`  ${script} │ ${line}`);
      onLine(line);
    });
  }
  return child;
}

const exitOf = (child: ChildProcess) => new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));

async function proveDev(which: "first" | "later"): Promise<void> {
  const began = Date.now();
  const block = new Map<string, string>();
  const child = start("dev", (line) => {
    const row = /^ {2}(Portal|Console|Temporal UI|Mail inbox|Data|Stop) {2,}(\S.*)$/.exec(line);
    if (row?.[1] !== undefined && row[2] !== undefined) block.set(row[1], row[2]);
  });
  const ended = exitOf(child);
  while (!block.has("Stop")) {
    const code = await Promise.race([ended, new Promise<undefined>((resolve) => setTimeout(resolve, 200))]);
    if (code !== undefined) throw new Error(`dev ended with code ${code} before it was ready`);
  }
  const took = Date.now() - began;
  const addresses = ["Portal", "Console", "Temporal UI", "Mail inbox"].map((name) => String(block.get(name)?.split(" ")[0]));
  for (const address of addresses) {
    const { status } = await fetch(address);
    if (status !== 200) throw new Error(`${address} answered ${status}`);
  }
  process.kill(-(child.pid ?? 0), "SIGINT");
  await ended;
  for (const address of addresses) {
    if (await isPortTaken(Number(new URL(address).port))) throw new Error(`${address} is still open after Ctrl-C`);
  }
  console.log(`${which} dev: ready after ${(took / 1_000).toFixed(1)} s, all addresses answered, nothing left after Ctrl-C`);
}

async function proveTest(): Promise<void> {
  let verdict = "";
  const code = await exitOf(
    start("test", (line) => {
      if (/^\d+ passed, \d+ failed$/.test(line)) verdict = line;
    }),
  );
  if (code !== 0 || verdict === "") throw new Error(`test ended with code ${code}: ${verdict || "no verdict"}`);
  console.log(`test: ${verdict}`);
}

try {
  execFileSync("git", ["clone", "--quiet", repositoryRoot, clone]);
  await proveDev("first");
  await proveDev("later");
  if (!values["only-dev"]) await proveTest();
} finally {
  rmSync(root, { recursive: true, force: true });
}
