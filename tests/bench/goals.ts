import type { BenchResult } from "./bench.ts";

/** The most that a figure or a ratio is meant to be. Missed ones are named and counted; the work itself went well all the same. */
type Goals = Partial<Record<"figures" | "ratio", Record<string, number>>>;

const goals: Record<string, Goals> = {
  onboarding: {
    figures: { alone_p50_ms: 400, alone_p99_ms: 1_000 },
    ratio: { alone_cpu_temporal_worker_client_ms: 1.5, at_20_cpu_temporal_worker_client_ms: 1.5 },
  },
  request: { ratio: { read_p50: 1.15, write_p50: 1.15, rls_p50: 1.05 }, figures: { memory_growth_mib: 48 } },
  credentials: { figures: { cached_p99_ms: 1 } },
  fairness: { ratio: { p99: 1.1 } },
  offboarding: {
    figures: { keys_destroyed_s: 5, certificate_without_emulator_s: 60, worker_peak_mib: 512 },
    ratio: { others_p99: 1.1, others_p99_without_emulator: 1.1 },
  },
};

/** Each goal of a bench in words, and how many are missed. A figure that a goal is for and that was not measured is missed. */
export function judgeGoals(result: BenchResult): { lines: string[]; missed: number } {
  const judged = Object.entries(goals[result.bench] ?? {}).flatMap(([group, most]) =>
    Object.entries(most).map(([name, bound]) => {
      const value = result[group as keyof Goals][name];
      const met = value !== undefined && value <= bound;
      return { met, line: `goal: ${group} ${name} at most ${bound}: ${value ?? "not measured"}, ${met ? "met" : "missed"}` };
    }),
  );
  return { lines: judged.map(({ line }) => line), missed: judged.filter(({ met }) => !met).length };
}
