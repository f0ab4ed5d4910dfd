import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalError } from "../local-error.ts";
import { isAlive, ownRef, type ProcessRef } from "./process-ref.ts";

/**
 * Runs `work` while holding the lock file; waits for another live holder, takes over from a dead one.
 * @throws {LocalError} BUSY after `timeoutMs`.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { timeoutMs?: number; onWait?: () => void } = {},
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const end = Date.now() + (options.timeoutMs ?? 600_000);
  let waited = false;
  while (!take(path)) {
    if (Date.now() > end) {
      throw new LocalError(
        "BUSY",
        `Another process holds ${path}.`,
        "Wait for the other start or install to end, then run the command again.",
      );
    }
    if (!waited) options.onWait?.();
    waited = true;
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(path, JSON.stringify(ownRef()), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const holder = readHolder(path);
  if (holder === "unreadable" || (holder !== "gone" && isAlive(holder))) return false;
  if (holder !== "gone") {
    try {
      renameSync(path, draft);
      rmSync(draft, { force: true });
    } catch {
      return false;
    }
  }
  return false;
}

function readHolder(path: string): ProcessRef | "gone" | "unreadable" {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessRef;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "gone";
    // Written in two steps: a holder that died between them left it empty.
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    return age > 10_000 ? { pid: 0, startedAt: "" } : "unreadable";
  }
}
