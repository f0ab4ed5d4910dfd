import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inspectProcess, isAlive, type ProcessRef } from "./process-ref.ts";

/** Resolves to true when the process is gone within the time. */
export async function waitForExit(ref: ProcessRef, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (isAlive(ref)) {
    if (Date.now() > end) return false;
    await sleep(50);
  }
  return true;
}

/** Sends a signal; a process that is gone already is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Asks with the signal, waits, and kills only what does not answer. */
export async function stopProcess(ref: ProcessRef, signal: NodeJS.Signals, timeoutMs: number): Promise<"stopped" | "killed"> {
  if (isAlive(ref)) signalProcess(ref.pid, signal);
  if (await waitForExit(ref, timeoutMs)) return "stopped";
  signalProcess(ref.pid, "SIGKILL");
  await waitForExit(ref, 5_000);
  return "killed";
}

/** Ends a process group that `leader` made for itself: first asks, then kills. Nothing is sent to a group of a reused pid. */
export async function stopGroup(leader: ProcessRef, timeoutMs: number): Promise<void> {
  const mayBeOurs = () => isAlive(leader) || (inspectProcess(leader.pid) === undefined && groupHasMembers(leader.pid));
  if (!mayBeOurs()) return;
  signalProcess(-leader.pid, "SIGTERM");
  const end = Date.now() + timeoutMs;
  while (mayBeOurs() && Date.now() < end) await sleep(50);
  if (mayBeOurs()) signalProcess(-leader.pid, "SIGKILL");
}

function groupHasMembers(group: number): boolean {
  if (process.platform === "linux") {
    return readdirSync("/proc").some((name) => /^\d+$/.test(name) && isRunningIn(group, Number(name)));
  }
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

function isRunningIn(group: number, pid: number): boolean {
  const info = inspectProcess(pid);
  return info?.group === group && !info.zombie;
}
