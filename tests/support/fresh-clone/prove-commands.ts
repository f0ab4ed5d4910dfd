import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Clone, exitOf, scriptOf } from "./clone.ts";
import { assertNothingLeft } from "./left-over.ts";

/** GiB, as `pnpm status` says. */
export async function readMemory(clone: Clone): Promise<number> {
  let gib: number | undefined;
  const child = clone.start(scriptOf("status"), (line) => {
    const [, amount, unit] = /Memory of these with their children: ([\d.]+) ([MG]iB)/.exec(line) ?? [];
    if (amount !== undefined) gib = Number(amount) / (unit === "MiB" ? 1_024 : 1);
  });
  if ((await exitOf(child)) !== 0 || gib === undefined) throw new Error("pnpm status does not tell the memory");
  return gib;
}

/** Nobody is asked where there is no terminal: nothing is deleted then. */
export async function proveResetRefuses(clone: Clone): Promise<void> {
  let said = "";
  const code = await exitOf(
    clone.start(scriptOf("reset"), (line) => {
      said += line;
    }),
  );
  if (code === 0 || !said.includes("reset --yes")) throw new Error(`reset without a terminal ended with code ${code}`);
  if (!existsSync(`${clone.dataDir}/format.json`)) throw new Error("reset deleted the data without asking");
}

/** `turbo dev` with a filter: the servers are brought up by the task that the app depends on, and end with it. */
export async function proveOneApp(clone: Clone): Promise<void> {
  const child = clone.start([...scriptOf("exec"), "turbo", "run", "dev", "--filter=@leasehold/application"]);
  const ended = exitOf(child);
  const health = `http://127.0.0.1:${clone.ports.application}/healthz`;
  for (const end = Date.now() + 120_000; ; await sleep(250)) {
    if ((await fetch(health).catch(() => undefined))?.ok) break;
    if (Date.now() > end || child.exitCode !== null) throw new Error("turbo dev for one app does not answer");
  }
  process.kill(-(child.pid ?? 0), "SIGINT");
  await ended;
  await assertNothingLeft(clone, "After Ctrl-C of turbo dev", 30_000);
}

export async function proveTest(clone: Clone): Promise<string> {
  let verdict = "";
  const code = await exitOf(
    clone.start(scriptOf("test"), (line) => {
      if (/^\d+ passed, \d+ failed$/.test(line)) verdict = line;
    }),
  );
  if (code !== 0 || verdict === "") throw new Error(`test ended with code ${code}: ${verdict || "no verdict"}`);
  return verdict;
}
