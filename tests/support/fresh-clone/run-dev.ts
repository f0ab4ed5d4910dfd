import { setTimeout as sleep } from "node:timers/promises";
import { listOwners } from "@leasehold/infra/local/supervision/files";
import { type Clone, exitOf, scriptOf } from "./clone.ts";
import { assertNothingLeft } from "./left-over.ts";

export interface DevRun {
  tookMs: number;
  portal: string;
  console: string;
  inbox: string;
  operator: { email: string; password: string };
  /** Ctrl-C, as a terminal sends it to all. */
  interrupt(): Promise<void>;
  /** kill -9 of the process that `pnpm dev` is. */
  kill(): Promise<void>;
}

const rows = /^ {2}(Portal|Console|Temporal UI|Mail inbox|Data|Stop) {2,}(\S.*)$/;

/** Runs `dev` until its block is printed, and asks every address in it. */
export async function runDev(clone: Clone): Promise<DevRun> {
  const began = Date.now();
  const block = new Map<string, string>();
  const child = clone.start(scriptOf("dev"), (line) => {
    const [, name, value] = rows.exec(line) ?? [];
    if (name !== undefined && value !== undefined) block.set(name, value);
  });
  const ended = exitOf(child);
  while (!block.has("Stop")) {
    const code = await Promise.race([ended, sleep(100)]);
    if (code !== undefined) throw new Error(`dev ended with code ${code} before it was ready`);
  }
  const tookMs = Date.now() - began;
  const addressOf = (name: string) => String(block.get(name)?.split(" ")[0]);
  for (const name of ["Portal", "Console", "Temporal UI", "Mail inbox"]) {
    const { status } = await fetch(addressOf(name));
    if (status !== 200) throw new Error(`${addressOf(name)} answered ${status}`);
  }
  if (block.get("Data") !== clone.dataDir) throw new Error(`the data is in ${block.get("Data")}, not in ${clone.dataDir}`);
  const [, email = "", password = ""] = /sign in: (\S+) \/ (\S+)$/.exec(block.get("Console") ?? "") ?? [];
  return {
    tookMs,
    portal: addressOf("Portal"),
    console: addressOf("Console"),
    inbox: addressOf("Mail inbox"),
    operator: { email, password },
    async interrupt() {
      process.kill(-(child.pid ?? 0), "SIGINT");
      await ended;
      await assertNothingLeft(clone, "After Ctrl-C", 1_000);
    },
    async kill() {
      const [dev] = listOwners(clone.dataDir);
      if (dev === undefined) throw new Error("nobody owns the servers");
      process.kill(dev.owner.pid, "SIGKILL");
      await assertNothingLeft(clone, "30 seconds after kill -9 of dev", 30_000);
      await ended;
    },
  };
}
