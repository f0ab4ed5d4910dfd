import { stopProcess } from "../processes/stop-process.ts";
import { findRunning } from "./start-supervisor.ts";
import { stopOrphans } from "./stop-orphans.ts";

/** Stops whatever runs on a data folder, in order, its state saved. */
export async function stopServers(dataDir: string): Promise<"stopped" | "nothing-ran"> {
  const running = findRunning(dataDir);
  if (running !== undefined) await stopProcess(running.supervisor, "SIGTERM", 120_000);
  const orphans = await stopOrphans(dataDir);
  return running !== undefined || orphans.length > 0 ? "stopped" : "nothing-ran";
}
