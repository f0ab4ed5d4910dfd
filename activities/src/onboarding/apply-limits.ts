import { removeLimits, setLimits as setApplicationLimits } from "@leasehold/db/application/placement/set-limits";
import { setLimits } from "@leasehold/db/control/placement/set-limits";
import { limitsOf } from "@leasehold/domain/plans";
import { type StepNeeds, stepActivity, undoActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { resourceKinds } from "./resource-names.ts";
import { nothing, placeOf } from "./step-place.ts";

type Needs = Pick<OnboardingDependencies, keyof StepNeeds | "application">;

/** Idempotent by tenant id. The plan's limits and rates, in the catalog and where the application plane reads them. */
export function applyLimits(needs: Needs) {
  const { application } = needs;
  return stepActivity(
    needs,
    placeOf("limits"),
    async ({ tenantId, catalog: { plan }, signal }) => {
      const limits = limitsOf(plan);
      signal.throwIfAborted();
      await setApplicationLimits(application, tenantId, limits);
      return { made: [{ kind: resourceKinds.limits, name: tenantId }], statements: (tx) => [setLimits(tx, tenantId, limits)] };
    },
    nothing,
  );
}

/** Idempotent by tenant id. */
export function undoApplyLimits({ control, application }: Needs) {
  return undoActivity(control, "limits", async ({ tenantId }) => {
    await removeLimits(application, tenantId);
    return { released: [resourceKinds.limits], within: (tx) => setLimits(tx, tenantId, null) };
  });
}
