import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** A process named so that a reused pid is not mistaken for it. */
export interface ProcessRef {
  pid: number;
  /** As the operating system says it: clock ticks since boot on Linux, the date elsewhere. */
  startedAt: string;
}

interface ProcessInfo {
  parent: number;
  group: number;
  startedAt: string;
  zombie: boolean;
}

const linux = process.platform === "linux";

/** What the operating system says about a pid; undefined when there is no such process. */
export function inspectProcess(pid: number): ProcessInfo | undefined {
  try {
    if (linux) {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return { zombie: fields[0] === "Z", parent: Number(fields[1]), group: Number(fields[2]), startedAt: String(fields[19]) };
    }
    const line = execFileSync("ps", ["-o", "ppid=,pgid=,state=,lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const [parent, group, state, ...start] = line.split(/\s+/);
    return { parent: Number(parent), group: Number(group), zombie: state?.startsWith("Z") ?? false, startedAt: start.join(" ") };
  } catch {
    return undefined;
  }
}

/** Undefined when the process is gone already. */
export function refOf(pid: number): ProcessRef | undefined {
  const info = inspectProcess(pid);
  return info === undefined || info.zombie ? undefined : { pid, startedAt: info.startedAt };
}

export function ownRef(): ProcessRef {
  const ref = refOf(process.pid);
  if (ref === undefined) throw new Error("This process cannot find itself in the process table.");
  return ref;
}

export function isAlive(ref: ProcessRef): boolean {
  return refOf(ref.pid)?.startedAt === ref.startedAt;
}

/** The command line, its arguments joined by spaces; empty when the process is gone. */
export function commandOf(pid: number): string {
  try {
    if (linux) return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

/** The name of a process's program, without its folder, whose path may have spaces; empty when the process is gone. */
export function programOf(pid: number): string {
  try {
    if (linux) return basename(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] ?? "");
    return basename(execFileSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" }).trim());
  } catch {
    return "";
  }
}

/** The chain of parents, nearest first, without pid 1. */
export function ancestorsOf(pid: number): number[] {
  const parent = inspectProcess(pid)?.parent;
  return parent === undefined || parent <= 1 ? [] : [parent, ...ancestorsOf(parent)];
}
