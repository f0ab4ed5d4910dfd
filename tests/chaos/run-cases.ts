import type { ChaosCase } from "./chaos-case.ts";
import type { FaultWorld } from "./fault-world.ts";

export interface CaseResult {
  id: string;
  outcome: string;
  failure: string | undefined;
  ms: number;
}

/** Runs cases with so many at once; a failed one is a result like the others. None begins after `deadline` has passed. */
export async function runCases(
  world: FaultWorld,
  cases: readonly ChaosCase[],
  options: { atOnce: number; deadline?: number; done?: (result: CaseResult) => void },
): Promise<CaseResult[]> {
  const { atOnce, deadline = Number.POSITIVE_INFINITY, done } = options;
  const results: CaseResult[] = [];
  const queue = [...cases];
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const begun = performance.now();
      const result: CaseResult = { id: next.id, outcome: "", failure: undefined, ms: 0 };
      if (Date.now() > deadline) result.failure = "not begun: the time was over";
      else {
        try {
          result.outcome = await next.run(world);
        } catch (error) {
          result.failure = error instanceof Error ? error.message : String(error);
        }
      }
      result.ms = Math.round(performance.now() - begun);
      results.push(result);
      done?.(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
