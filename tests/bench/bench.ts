export interface BenchResult {
  bench: string;
  /** What was measured, each name with its unit. */
  figures: Record<string, number>;
  /** The same, of what it is compared with in the same run. */
  baseline: Record<string, number>;
  /** Figure by baseline. */
  ratio: Record<string, number>;
  /** What went wrong with the work itself; any makes the bench fail. */
  wrong: string[];
}

export type Bench = () => Promise<BenchResult>;
