import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { inheritedEnv } from "@leasehold/infra/local/env";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { choosePorts, type Ports } from "@leasehold/infra/local/ports";

export interface Clone {
  /** Everything of it is in here, the caches too, unless the machine's are used. */
  root: string;
  folder: string;
  dataDir: string;
  ports: Ports;
  /** Runs a command as its reader would, printing each line. */
  start(command: string[], onLine?: (line: string) => void): ChildProcess;
  /** Interrupts what still runs of it. */
  end(): Promise<void>;
}

/** The committed state, cloned into an empty folder whose path has spaces; with empty caches of its own unless `warm`. */
export function makeClone(options: { warm: boolean; portOffset: number }): Clone {
  const root = mkdtempSync(join(tmpdir(), "leasehold proof "));
  chmodSync(root, 0o755);
  const folder = join(root, "a fresh clone");
  execFileSync("git", ["clone", "--quiet", repositoryRoot, folder]);
  const env = { ...inheritedEnv(), PATH: readersPath(), LEASEHOLD_PORT_OFFSET: String(options.portOffset) };
  const caches = options.warm ? {} : emptyCaches(join(root, "caches"));
  const children: ChildProcess[] = [];
  return {
    root,
    folder,
    dataDir: join(folder, ".leasehold"),
    ports: choosePorts(options.portOffset),
    start(command, onLine = () => undefined) {
      const [program = "", ...args] = command;
      const child = spawn(program, args, { cwd: folder, env: { ...env, ...caches }, stdio: ["ignore", "pipe", "pipe"], detached: true });
      children.push(child);
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          console.log(`  ${args.at(-1)} │ ${line}`);
          onLine(line);
        });
      }
      return child;
    },
    async end() {
      const running = children.filter((child) => child.exitCode === null && child.signalCode === null);
      for (const { pid = 0 } of running) process.kill(-pid, "SIGINT");
      await Promise.all(running.map(exitOf));
    },
  };
}

/** A script of the root's package.json, as the README has it. */
export const scriptOf = (name: string) => ["npx", "--yes", "pnpm@12", name];

export const exitOf = (child: ChildProcess) => new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));

// Without what a script of this checkout adds: a reader's shell has neither its Node nor its settings.
const readersPath = () =>
  String(inheritedEnv().PATH ?? "")
    .split(":")
    .filter((entry) => !entry.includes("node_modules"))
    .join(":");

const emptyCaches = (caches: string) => ({
  XDG_CACHE_HOME: caches,
  XDG_DATA_HOME: join(caches, "data"),
  npm_config_cache: join(caches, "npm"),
  npm_config_store_dir: join(caches, "pnpm"),
  PIP_CACHE_DIR: join(caches, "pip"),
  LEASEHOLD_CACHE_DIR: join(caches, "leasehold"),
});
