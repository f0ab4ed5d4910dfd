import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { noteTrial } from "@leasehold/db/control/keys/note-tenant-key";
import { isDomainError } from "@leasehold/domain/errors";
import { customerKeyClosed, type KeyProblem } from "@leasehold/domain/keys/custody";
import { nothing, placementOf } from "../onboarding/step-place.ts";
import { abortable } from "../operations/abortable.ts";
import { type StepContext, stepActivity, undoActivity } from "../operations/run-step.ts";
import type { KeyDependencies } from "./dependencies.ts";
import { endGrants } from "./grants.ts";
import { inspectKey } from "./inspect-key.ts";
import { callKeyCare } from "./key-care-client.ts";
import { keyPlaceOf } from "./step-place.ts";
import { targetOf } from "./target-key.ts";

/**
 * Idempotent by the key. Looks at the key, gives the tenant's role its grant and tries what data keys need, as the tenant. What is
 * missing is written down, one line for each permission; it is for the customer to mend, and no failure of the step.
 */
export function tryTenantKey(needs: KeyDependencies) {
  return stepActivity(
    needs,
    keyPlaceOf("try-key"),
    async (context) => {
      const { tenantId, operationId, requestId, signal } = context;
      const target = await targetOf(needs, context);
      const problems = [
        ...(await tryPresent(needs, context)),
        ...(target.custody === "platform" ? [] : await inspectKey({ ...needs, kms: abortable(needs.kms, signal) }, context, target.keyArn)),
      ];
      const ctx = { tenantId, actor: { type: "system", operationId } as const, requestId };
      return {
        within: async (tx) => {
          await noteTrial(tx, tenantId, { keyArn: target.keyArn, at: new Date().toISOString(), problems });
          await emitAudit(tx, ctx, "keys.tried", operationId, { keyArn: target.keyArn, missing: problems.map(({ subject }) => subject) });
        },
      };
    },
    nothing,
  );
}

/** Idempotent by tenant id. No grant is left but that on the key in use. */
export function undoTryTenantKey({ control, kms }: KeyDependencies) {
  return undoActivity(control, "try-key", async ({ tenantId, catalog, signal }) => {
    await endGrants({ control, kms: abortable(kms, signal) }, tenantId, placementOf(catalog).keyArn);
    return {};
  });
}

/** The data keys can be wrapped anew only while the present key opens them. */
async function tryPresent(needs: KeyDependencies, context: StepContext): Promise<KeyProblem[]> {
  if (context.catalog.subject.trial === "only") return [];
  try {
    await callKeyCare(needs, { ...context, plan: context.catalog.plan }, (keys, options) => keys.check.mutate(undefined, options));
    return [];
  } catch (error) {
    if (!isDomainError(error) || error.reason !== customerKeyClosed) throw error;
    return [{ subject: "present key", remedy: "Enable the key that the workspace is under now: only it opens the data keys." }];
  }
}
