import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./support/longest-first.ts";

const root = import.meta.dirname;
const seconds = (count: number) => count * 1_000;

export default defineConfig({
  root,
  test: {
    pool: "forks",
    globalSetup: [resolve(root, "support/global-setup.ts")],
    testTimeout: seconds(60),
    hookTimeout: seconds(240),
    teardownTimeout: seconds(60),
    // What is waited for comes when it comes: on a busy machine that is not within Vitest's one second.
    expect: { poll: { timeout: seconds(20) } },
    // Three more than the cores that are counted on: keys' leases, holds and tokens' ends are waited for.
    maxWorkers: 5,
    passWithNoTests: false,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "unit/**/*.test.ts",
            "../{apps,packages}/*/src/**/*.test.ts",
            "../{workflows,activities,db,infra/local}/src/**/*.test.ts",
          ],
        },
      },
      { extends: true, test: { name: "integration", include: ["{integration,isolation,replay,chaos,infra}/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          testTimeout: seconds(300),
          hookTimeout: seconds(600),
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
