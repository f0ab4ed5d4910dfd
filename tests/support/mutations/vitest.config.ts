import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

// One run for each mutation, on servers that are there already.
export default defineConfig({
  root: resolve(import.meta.dirname, "../.."),
  test: {
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 240_000,
    include: ["{integration,isolation,unit}/**/*.test.ts", "../packages/*/src/**/*.test.ts"],
  },
});
