import { domainErrorOf } from "@leasehold/tenancy/trpc/to-trpc-error";
import { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCommit, seedOf } from "../chaos/choose-sample.ts";
import { listFuzzedProcedures } from "../support/fuzz/call-procedures.ts";
import { checkProperties } from "../support/fuzz/check-properties.ts";
import { createMatrixWorld, type MatrixWorld } from "../support/matrix/matrix-world.ts";

let world: MatrixWorld;
beforeAll(async () => {
  world = await createMatrixWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

test("every procedure of every app refuses what no column can keep, and names where it stands", async () => {
  const accepted: string[] = [];
  for (const procedure of listFuzzedProcedures(world)) {
    const refusal: unknown = await procedure.call({ some: [{ text: "a\0b" }] }).catch((error: unknown) => error);
    const told = refusal instanceof TRPCError ? domainErrorOf(refusal) : undefined;
    if (told?.code !== "VALIDATION" || told.field !== "some.0.text") accepted.push(`${procedure.app} ${procedure.path}: ${refusal}`);
  }
  expect(accepted).toEqual([]);
});

/** Few, for a run's minute, and others with each commit; `pnpm prove fuzz` asks for many. */
const numRuns = 8;

test("every procedure of every app answers anything that is sent to it: without a fault, a hang, or a word of another tenant", async () => {
  expect(await checkProperties(world, { numRuns, seed: seedOf(readCommit()) })).toEqual([]);
}, 400_000);
