import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { readEvidence, readOperationFacts, readStepTimes } from "@leasehold/db/control/offboarding/certificates/read-certificate-facts";
import { beginErasureRollback, endErasureRollback } from "@leasehold/db/control/offboarding/erasure/end-erasure";
import { forgetPerson } from "@leasehold/db/control/offboarding/erasure/erase-rows";
import { readErasure } from "@leasehold/db/control/offboarding/erasure/read-erasure";
import { succeedOperation } from "@leasehold/db/control/operations/succeed-operation";
import { withControl } from "@leasehold/db/control/with-control";
import { erasureStepPosition } from "@leasehold/domain/offboarding/erasure";
import { pseudonymOfActor } from "@leasehold/domain/offboarding/pseudonyms";
import { nothing } from "../onboarding/step-place.ts";
import { type OperationRef, recordActivity, stepActivity } from "../operations/run-step.ts";
import { readOne } from "./certificates/gather-closing.ts";
import { type GatheredFacts, issueCertificate } from "./certificates/issue-certificate.ts";
import type { ErasureDependencies } from "./erasure/dependencies.ts";
import { endPersonAccess, erasePersonAccount, erasePersonDocuments, erasePersonTraces, lookForPerson } from "./erasure/erasure-steps.ts";

/** The activities of one person's erasure. Payloads are ids; who it is stands in the database alone. */
export function createErasureActivities(dependencies: ErasureDependencies) {
  const { control } = dependencies;
  return {
    /** Idempotent by operation id. Counts first: what was there before is recorded once. */
    endPersonAccess: endPersonAccess(dependencies),
    /** Idempotent by operation id. What was deleted by an attempt stays deleted. */
    erasePersonDocuments: erasePersonDocuments(dependencies),
    /** Idempotent by operation id. */
    erasePersonTraces: erasePersonTraces(dependencies),
    /** Idempotent by operation id: the portal is asked once. */
    erasePersonAccount: erasePersonAccount(dependencies),
    /** Idempotent by operation id. */
    lookForPerson: lookForPerson(dependencies),
    certifyErasure: certifyErasure(dependencies),
    /** Idempotent by operation id. */
    beginErasureRollback: recordActivity((ref: OperationRef) => beginErasureRollback(control, ref)),
    /** Idempotent by operation id. */
    finishErasureRollback: recordActivity((ref: OperationRef, requestId) => endErasureRollback(control, { ...ref, requestId })),
  };
}

export type ErasureActivities = ReturnType<typeof createErasureActivities>;

/** Idempotent by operation id. Signs what was found, forgets who it was, and ends the operation. */
function certifyErasure(needs: ErasureDependencies) {
  const step = "certify-erasure";
  return stepActivity(
    needs,
    { step, ...erasureStepPosition(step) },
    async (context) => {
      const { tenantId, operationId, requestId } = context;
      const issued = await issueCertificate(needs, "person-erasure", context, () => gatherErasure(needs, context, step));
      const ctx = { tenantId, actor: { type: "system", operationId } as const, requestId };
      return {
        within: async (tx) => {
          await issued.within?.(tx);
          await forgetPerson(tx, { tenantId, operationId });
          await emitAudit(tx, ctx, "erasure.done", operationId);
        },
      };
    },
    nothing,
    ({ tenantId, operationId }) => succeedOperation(needs.control, { tenantId, operationId }),
  );
}

async function gatherErasure({ control, expectedItems }: ErasureDependencies, ref: OperationRef, step: string): Promise<GatheredFacts> {
  const { operationId } = ref;
  const erasure = await readErasure(control, ref);
  const [operation, steps, recorded] = await withControl(control, ref, async (tx) => [
    await readOperationFacts(tx, ref),
    await readStepTimes(tx, ref, step),
    await readEvidence(tx, ref),
  ]);
  return {
    pseudonym: erasure.pseudonym,
    operation: { operationId, kind: operation.kind, requestedAt: operation.requestedAt, startedAt: operation.startedAt },
    authority: {
      requestedBy: await pseudonymOfActor(operationId, operation.requestedBy),
      requestedAt: operation.requestedAt,
      confirmation: erasure.byThemselves ? "The person asked for it, signed in." : "An owner of the workspace asked for it, signed in.",
      approvals: [],
    },
    hold: null,
    steps,
    evidence: recorded.map(readOne),
    expected: expectedItems("person-erasure"),
    closure: null,
  };
}
