import { readFileSync } from "node:fs";

/** Clock ticks of /proc are hundredths of a second on Linux. */
const tickMs = 10;

/** CPU of a process with all its threads and, when asked, of its children, gone ones too; in milliseconds. */
export function cpuMsOf(pid: number, options: { children?: boolean } = {}): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user = 0, system = 0, goneUser = 0, goneSystem = 0] = fields.slice(11, 15).map(Number);
  const own = (user + system) * tickMs;
  if (!options.children) return own;
  return own + (goneUser + goneSystem) * tickMs + childrenOf(pid).reduce((sum, child) => sum + cpuMsOf(child, options), 0);
}

/** Resident memory in MiB; with children, pages that they share count once. */
export function memoryMibOf(pid: number, options: { children?: boolean } = {}): number {
  if (!options.children) return kibIn(`/proc/${pid}/status`, /VmRSS:\s+(\d+)/) / 1024;
  const own = kibIn(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+)/m) / 1024;
  return own + childrenOf(pid).reduce((sum, child) => sum + memoryMibOf(child, options), 0);
}

function kibIn(path: string, pattern: RegExp): number {
  return Number(pattern.exec(readFileSync(path, "utf8"))?.[1] ?? 0);
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

/** Nearest rank; NaN for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Of an even number the mean of the two in the middle; NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >> 1) - 1] ?? Number.NaN)) / 2;
}

export interface Loop {
  durationsMs: number[];
  errors: string[];
  seconds: number;
}

/** Runs `work` over the inputs with so many at once, and takes each one's time. An error is counted and the others go on. */
export async function runLoop<T>(inputs: readonly T[], atOnce: number, work: (input: T) => Promise<void>): Promise<Loop> {
  const durationsMs: number[] = [];
  const errors: string[] = [];
  const queue = [...inputs];
  const started = performance.now();
  const lane = async () => {
    for (let input = queue.shift(); input !== undefined; input = queue.shift()) {
      const begun = performance.now();
      try {
        await work(input);
        durationsMs.push(performance.now() - begun);
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { durationsMs, errors, seconds: (performance.now() - started) / 1000 };
}

export const round = (value: number, digits = 1) => Number(value.toFixed(digits));
