import { isDomainError } from "@leasehold/domain/errors";
import { jsonSchemaOf } from "@leasehold/tenancy/rest/json-schema";
import fc from "fast-check";
import superjson from "superjson";
import { afterAll, beforeAll, expect, test } from "vitest";
import { arbitraryOf, type Known } from "../support/fuzz/arbitrary-of.ts";
import { type FuzzedProcedure, listFuzzedProcedures } from "../support/fuzz/call-procedures.ts";
import { createMatrixWorld, type MatrixWorld } from "../support/matrix/matrix-world.ts";

let world: MatrixWorld;
beforeAll(async () => {
  world = await createMatrixWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** Few, for a run's minute. */
const numRuns = 8;
/** Longer is a hang. */
const answerMs = 20_000;

test("every procedure of every app answers anything that is sent to it: without a fault, a hang, or a word of another tenant", async () => {
  const { ours, theirs } = world;
  const known: Known = {
    slug: [ours.slug, ours.slug, ours.slug, theirs.slug],
    tenantId: [ours.tenantId, theirs.tenantId],
    documentId: [ours.documentId, theirs.documentId],
    folderId: [ours.folderId, theirs.folderId],
    parentId: [ours.folderId, theirs.folderId],
    cursor: [ours.documentId, theirs.documentId],
    keyId: [theirs.keyId],
    userId: [ours.people.viewer.userId, theirs.people.owner.userId],
    invitationId: [ours.invitationId, theirs.invitationId],
    operationId: [ours.operationId, theirs.operationId],
  };
  const secrets = [
    ...theirs.secondDocumentIds,
    theirs.tenantId,
    theirs.documentId,
    theirs.folderId,
    theirs.keyId,
    theirs.invitationId,
    theirs.operationId,
    theirs.people.owner.email,
    theirs.people.owner.userId,
  ];
  const wrong: string[] = [];
  const procedures = listFuzzedProcedures(world);
  expect(new Set(procedures.map(({ app }) => app)).size).toBe(3);
  for (const procedure of procedures) {
    const seesAll = procedure.app === "console";
    const verdict = (input: unknown) => judge(procedure, input, seesAll ? [] : secrets);
    const property = fc.asyncProperty(inputOf(procedure, known), async (input) => {
      const found = await verdict(input);
      if (found !== undefined) throw new Error(found);
    });
    const details = await fc.check(property, { numRuns, seed: 4, endOnFailure: true });
    if (details.failed)
      wrong.push(`${procedure.app} ${procedure.path}: ${String(details.errorInstance)} ${fc.stringify(details.counterexample)}`);
  }
  expect(wrong.map((line) => line.slice(0, 600))).toEqual([]);
}, 400_000);

function inputOf({ inputs }: FuzzedProcedure, known: Known): fc.Arbitrary<unknown> {
  if (inputs.length === 0) return fc.constantFrom(undefined, null, "", {}, []);
  const parts = inputs.map((schema) => arbitraryOf(jsonSchemaOf(schema, "input"), known));
  return fc.tuple(...parts).map((values) => (values.every(isObject) ? Object.assign({}, ...values) : values[0]));
}

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

/** What is wrong with the answer to an input; undefined when nothing is. */
async function judge(procedure: FuzzedProcedure, input: unknown, secrets: readonly string[]): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, answerMs, "late");
  });
  try {
    const answer = await Promise.race([procedure.call(input), late]);
    return answer === "late" ? "does not answer" : leak(written(answer), input, secrets);
  } catch (error) {
    if (!isRefusal(error)) return `throws ${String(error)}`;
    if (error.code === "INTERNAL_SERVER_ERROR") return `fails: ${String(error.cause ?? error)}`;
    return leak(error.message, input, secrets);
  } finally {
    clearTimeout(timer);
  }
}

function isRefusal(error: unknown): error is Error & { code: string } {
  return isDomainError(error) || (error instanceof Error && error.name === "TRPCError" && "code" in error);
}

/** What was asked with is known already. */
function leak(told: string, input: unknown, secrets: readonly string[]): string | undefined {
  const asked = fc.stringify(input);
  const found = secrets.filter((secret) => told.includes(secret) && !asked.includes(secret));
  return found.length === 0 ? undefined : `tells ${found.join(", ")}`;
}

function written(answer: unknown): string {
  return superjson.stringify(answer);
}
