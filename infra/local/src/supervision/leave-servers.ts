import { withLock } from "../processes/lock.ts";
import { isAlive } from "../processes/process-ref.ts";
import { waitForExit } from "../processes/stop-process.ts";
import { listOwners, pathsIn, type RunStatus, readJson, removeOwner } from "./files.ts";
import { findRunning } from "./start-supervisor.ts";
import { stopOrphans } from "./stop-orphans.ts";

/**
 * What an owner does when it ends: its servers stop with their state saved, unless somebody else needs them. Where the supervisor
 * was killed, their owner stops them itself. `app`: the owner's own process group, which is no other owner.
 */
export async function leaveServers(dataDir: string, owner: { pid: number; app?: number }): Promise<"stopped" | "kept" | "nothing-ran"> {
  removeOwner(dataDir, owner.pid);
  const running = findRunning(dataDir);
  if (running === undefined) {
    const left = readJson<RunStatus>(pathsIn(dataDir).status)?.servers ?? {};
    if (!Object.values(left).some(isAlive)) return "nothing-ran";
    const orphans = await withLock(pathsIn(dataDir).lock, () => stopOrphans(dataDir));
    return orphans.length > 0 ? "stopped" : "nothing-ran";
  }
  const others = listOwners(dataDir).filter((other) => other.owner.pid !== owner.app);
  if (others.some((other) => isAlive(other.owner))) return "kept";
  await waitForExit(running.supervisor, 90_000);
  return "stopped";
}
