import { ancestorsOf, type ProcessRef, programOf, refOf } from "./processes/process-ref.ts";

/** The turbo that this process runs under, if any: whoever started it ends it, and the servers end with it. */
export function findTurbo(): ProcessRef | undefined {
  const turbo = ancestorsOf(process.pid).find((pid) => programOf(pid) === "turbo");
  return turbo === undefined ? undefined : refOf(turbo);
}
