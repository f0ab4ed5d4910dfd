import { listCertificatesOf } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import {
  type ClosingFacts,
  type OperationFacts,
  readClosingFacts,
  readEvidence,
  readOperationFacts,
  readStepTimes,
} from "@leasehold/db/control/offboarding/certificates/read-certificate-facts";
import { withControl } from "@leasehold/db/control/with-control";
import { DomainError } from "@leasehold/domain/errors";
import type { AuthorityEvidence, Evidence, HoldEvidence } from "@leasehold/domain/offboarding/certificate";
import { describeConfirmation } from "@leasehold/domain/offboarding/confirmation";
import { hashOfCase, pseudonymOfActor } from "@leasehold/domain/offboarding/pseudonyms";
import { evidenceSchema } from "@leasehold/tenancy/certificates/certificate-schema";
import type { OperationRef } from "../../operations/run-step.ts";
import type { CertificateDependencies } from "./dependencies.ts";
import type { GatheredFacts } from "./issue-certificate.ts";

/**
 * Everything that is known of a closing: what its steps recorded, who decided what, and when. `step` is the one that asks.
 * Throws PRECONDITION_FAILED (`certificate-untrue`) before the point of no return, and for evidence that says nothing that is known.
 */
export async function gatherClosing(
  { control, expectedItems }: CertificateDependencies,
  kind: "closure" | "finality",
  ref: OperationRef,
  step: string,
): Promise<GatheredFacts> {
  const { operationId } = ref;
  const [operation, closing, steps, recorded] = await withControl(control, ref, async (tx) => [
    await readOperationFacts(tx, ref),
    await readClosingFacts(tx, ref),
    await readStepTimes(tx, ref, step),
    await readEvidence(tx, ref),
  ]);
  if (closing?.pseudonym == null || closing.shreddingAt === null) throw untrue("the tenant is not past the point of no return");
  const evidence = recorded.map(readOne);
  return {
    pseudonym: closing.pseudonym,
    operation: { operationId, kind: operation.kind, requestedAt: operation.requestedAt, startedAt: operation.startedAt },
    authority: await authorityOf(operationId, operation, closing),
    hold: await holdOf(operationId, closing),
    steps,
    evidence,
    expected: expectedItems(kind, evidence),
    closure: kind === "finality" ? await firstStamp(control, ref) : null,
  };
}

/** A piece of evidence as it was recorded. Throws PRECONDITION_FAILED for one that says nothing that is known. */
export function readOne({ item, evidence }: { item: string; evidence: unknown }): Evidence {
  const parsed = evidenceSchema.safeParse(evidence);
  if (parsed.success) return parsed.data;
  throw untrue(`the evidence of ${item} cannot be read (${parsed.error.issues[0]?.path.join(".") ?? ""})`);
}

function untrue(why: string): DomainError {
  return new DomainError("PRECONDITION_FAILED", `No certificate can be issued: ${why}.`, { reason: "certificate-untrue" });
}

async function firstStamp(control: CertificateDependencies["control"], ref: OperationRef): Promise<GatheredFacts["closure"]> {
  const first = (await listCertificatesOf(control, ref)).find(({ kind }) => kind === "closure");
  return first === undefined ? null : { certificateId: first.certificateId, hash: first.hash };
}

async function authorityOf(operationId: string, operation: OperationFacts, closing: ClosingFacts): Promise<AuthorityEvidence> {
  const byOperator = operation.requestedBy.startsWith("operator:");
  const { approvedBy, approvedAt, confirmedBy } = closing;
  return {
    requestedBy: await pseudonymOfActor(operationId, operation.requestedBy),
    requestedAt: operation.requestedAt,
    confirmation: describeConfirmation({ byOperator, confirmedBy }),
    approvals: approvedBy === null || approvedAt === null ? [] : [{ by: await pseudonymOfActor(operationId, approvedBy), at: approvedAt }],
  };
}

async function holdOf(operationId: string, closing: ClosingFacts): Promise<HoldEvidence | null> {
  const { holdBeganAt, holdEndsAt, holdSeconds, shreddingAt } = closing;
  if (holdBeganAt === null || holdEndsAt === null) return null;
  const nameOf = (actor: string) => pseudonymOfActor(operationId, actor);
  return {
    type: "hold",
    seconds: holdSeconds,
    beganAt: holdBeganAt,
    endsAt: holdEndsAt,
    endedAt: shreddingAt,
    changes: await Promise.all(closing.changes.map(async ({ actor, ...change }) => ({ ...change, by: await nameOf(actor) }))),
    legalHolds: await Promise.all(
      closing.legalHolds.map(async (hold) => ({
        caseHash: await hashOfCase(hold.holdId, hold.caseNumber),
        placedAt: hold.placedAt,
        placedBy: await nameOf(hold.placedBy),
        releasedAt: hold.releasedAt,
        releasedBy: hold.releasedBy === null ? null : await nameOf(hold.releasedBy),
      })),
    ),
  };
}
