import { giveBackPlace } from "@leasehold/db/control/placement/give-back-place";
import { takePlace } from "@leasehold/db/control/placement/take-place";
import { DomainError } from "@leasehold/domain/errors";
import { onboardingStepPosition, onboardingStepsFor } from "@leasehold/domain/onboarding/steps";
import { firstEpoch, objectPrefixOf, type Placement, siloDatabaseOf } from "@leasehold/domain/placement";
import { isPlanId, needsStack, plans } from "@leasehold/domain/plans";
import { type StepNeeds, stepActivity, undoActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { intendedResources, resourceKinds } from "./resource-names.ts";
import { placeOf } from "./step-place.ts";

type Needs = Pick<OnboardingDependencies, keyof StepNeeds | "poolBucket" | "poolCapacity" | "tenantRoleArn">;

/**
 * Idempotent by tenant id. Decides by the plan where the tenant lives, takes its seat in the pool, and writes down every
 * resource to come as intended. Answers with the plan's placement, which decides the steps.
 */
export function place(needs: Needs) {
  return stepActivity(
    needs,
    placeOf("place"),
    async ({ tenantId, operationId, catalog }) => {
      if (!isPlanId(catalog.plan)) throw new DomainError("VALIDATION", "There is no such plan.", { reason: "plan-unknown" });
      const policy = plans[catalog.plan].placement;
      const pooled = policy.database === "pool";
      const own = needsStack(policy);
      const placement: Placement = {
        region: catalog.region,
        database: pooled ? "pool" : { name: siloDatabaseOf(tenantId) },
        bucket: own ? "" : needs.poolBucket,
        objectPrefix: objectPrefixOf(tenantId),
        keyArn: "",
        roleArn: own ? "" : needs.tenantRoleArn,
        epoch: firstEpoch,
      };
      const steps = onboardingStepsFor(policy).map((step) => ({ step, ...onboardingStepPosition(step) }));
      const resources = intendedResources(tenantId, policy);
      const poolCapacity = pooled ? needs.poolCapacity : undefined;
      return { statements: (tx) => [takePlace(tx, { tenantId, operationId, placement, poolCapacity, steps, resources })] };
    },
    ({ plan }) => plans[plan].placement,
  );
}

/** Idempotent by tenant id. Whatever was intended and never made is no longer intended. */
export function undoPlace(needs: Needs) {
  return undoActivity(needs.control, "place", async ({ tenantId }) => ({
    released: Object.values(resourceKinds),
    within: (tx) => giveBackPlace(tx, tenantId),
  }));
}
