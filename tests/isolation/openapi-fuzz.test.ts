import { apiDocument } from "@leasehold/application/rest/api-document";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCommit, seedOf } from "../chaos/choose-sample.ts";
import { createFuzzWorld, type FuzzWorld } from "../support/fuzz/fuzz-world.ts";
import { endKeys, type FuzzOutcome, type FuzzRun, runSchemathesis } from "../support/fuzz/run-schemathesis.ts";

let world: FuzzWorld;
beforeAll(async () => {
  world = await createFuzzWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

const operations = Object.values(apiDocument().paths).flatMap((item) => Object.keys(item)).length;
const timeoutMs = 400_000;
/** Few, for a minute of a run, and others with each commit; `pnpm prove fuzz` asks for many. */
const maxExamples = 8;
const seed = seedOf(readCommit());

async function fuzz(options: Partial<FuzzRun>): Promise<FuzzOutcome> {
  const { app, ids, forbidden } = world;
  return runSchemathesis({
    ...{ url: app.url, apiKey: await world.newApiKey(), ids, forbidden, maxExamples, seed, timeoutMs: timeoutMs - 10_000 },
    ...options,
  });
}

const failuresOf = ({ output }: FuzzOutcome) =>
  `seed ${seed}\n${output.slice(Math.max(output.indexOf("= FAILURES ="), output.indexOf("= ERRORS =")))}`;

test(
  "every operation, asked with anything and with another tenant's ids, answers as described, without fault, hang or leak",
  async () => {
    const before = await world.theirRows();
    const most = await fuzz({ except: endKeys });
    expect(most.code, failuresOf(most)).toBe(0);
    expect(most.output).toMatch(new RegExp(`Tested:\\s+${operations - endKeys.length}\\b`));
    for (const only of endKeys) {
      const last = await fuzz({ only });
      expect(last.code, failuresOf(last)).toBe(0);
    }
    expect(await world.theirRows()).toBe(before);
    expect(world.app.process.log()).not.toMatch(/"level":(50|60)/);
  },
  timeoutMs,
);

test(
  "the fuzzer notices what it must not see",
  async () => {
    const outcome = await fuzz({ only: "documents.list", forbidden: ['"documents":['] });
    expect(outcome.code).toBe(1);
    expect(outcome.output).toContain("the answer holds what is another tenant's");
  },
  timeoutMs,
);
