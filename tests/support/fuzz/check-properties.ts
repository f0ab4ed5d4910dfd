import { isDomainError } from "@leasehold/domain/errors";
import { jsonSchemaOf } from "@leasehold/tenancy/rest/json-schema";
import fc from "fast-check";
import superjson from "superjson";
import type { MatrixWorld } from "../matrix/matrix-world.ts";
import { arbitraryOf, type Known } from "./arbitrary-of.ts";
import { type FuzzedProcedure, listFuzzedProcedures } from "./call-procedures.ts";

/** Longer is a hang. */
const answerMs = 20_000;

/**
 * Asks every procedure of every app with anything that its input allows, ids of both tenants among it. @returns what answered with a fault,
 * not at all, or with a word of the other tenant, each with the seed and the input that show it
 */
export async function checkProperties(world: MatrixWorld, run: { numRuns: number; seed: number }): Promise<string[]> {
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
  if (new Set(procedures.map(({ app }) => app)).size !== 3) throw new Error("an app has no procedures");
  for (const procedure of procedures) {
    const told = procedure.app === "console" ? [] : secrets;
    const property = fc.asyncProperty(inputOf(procedure, known), async (input) => {
      const found = await judge(procedure, input, told);
      if (found !== undefined) throw new Error(found);
    });
    const { failed, errorInstance, counterexample } = await fc.check(property, { ...run, endOnFailure: true });
    if (failed)
      wrong.push(
        `seed ${run.seed}: ${procedure.app} ${procedure.path}: ${String(errorInstance)} ${fc.stringify(counterexample)}`.slice(0, 600),
      );
  }
  return wrong;
}

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
