import { basename } from "node:path";
import { ancestorsOf, commandOf, type ProcessRef, refOf } from "./processes/process-ref.ts";

/** The turbo that this process runs under, if any: whoever started it ends it, and the servers end with it. */
export function findTurbo(): ProcessRef | undefined {
  const turbo = ancestorsOf(process.pid).find((pid) => basename(commandOf(pid).split(" ")[0] ?? "") === "turbo");
  return turbo === undefined ? undefined : refOf(turbo);
}
