import { execFileSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { portNames } from "@leasehold/infra/local/ports";
import { isPortTaken } from "@leasehold/infra/local/processes/port-holder";
import { commandOf, refOf } from "@leasehold/infra/local/processes/process-ref";
import type { Clone } from "./clone.ts";

/** What is still there of a clone that was stopped: its processes, and its ports. */
async function findLeftOver({ root, ports }: Clone): Promise<string[]> {
  const processes = listProcesses().filter((pid) => pid !== process.pid && refOf(pid) !== undefined && isIn(root, pid));
  const open = await Promise.all(portNames.map(async (name) => ((await isPortTaken(ports[name])) ? [`${name} on ${ports[name]}`] : [])));
  return [...processes.map((pid) => `pid ${pid}: ${commandOf(pid).slice(0, 160)}`), ...open.flat()];
}

/** Resolves when nothing is left. @throws Error with what is left after `withinMs`. */
export async function assertNothingLeft(clone: Clone, when: string, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  let left = await findLeftOver(clone);
  for (; left.length > 0 && Date.now() < end; left = await findLeftOver(clone)) await sleep(250);
  if (left.length > 0) throw new Error(`${when}, there is still:\n  ${left.join("\n  ")}`);
}

const linux = process.platform === "linux";

function listProcesses(): number[] {
  const names = linux ? readdirSync("/proc") : execFileSync("ps", ["-A", "-o", "pid="], { encoding: "utf8" }).split("\n");
  return names.map((name) => Number(name.trim())).filter((pid) => pid > 0);
}

/** Started in the folder, or named by its command line. */
function isIn(folder: string, pid: number): boolean {
  if (commandOf(pid).includes(folder)) return true;
  try {
    return linux && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    return false;
  }
}
