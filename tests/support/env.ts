import { z } from "zod";

/** What the tests read from their environment; the runner sets the second. */
const testSettings = z.object({
  LEASEHOLD_CHROMIUM: z.string().min(1).optional().describe("A Chromium for the browser tests; default: the system's, then Playwright's"),
  /** Data folder of the servers that this run of the tests shares. */
  LEASEHOLD_TEST_DATA_DIR: z.string().min(1).optional(),
  /** Closings that the model of the hold is played against. */
  LEASEHOLD_MODEL_RUNS: z.coerce.number().int().positive().default(20),
  /** One part in so many of the longest suites, by the commit; 1 takes everything. */
  LEASEHOLD_TEST_SHARE: z.coerce.number().int().positive().default(1),
  LEASEHOLD_CACHE_DIR: z.string().min(1).optional(),
  LEASEHOLD_PYTHON: z.string().min(1).optional(),
});

export function testEnv(): z.infer<typeof testSettings> {
  return testSettings.parse(process.env);
}
