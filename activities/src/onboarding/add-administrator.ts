import { addFirstOwner, checkHeldInvitation, nobodyNamed, removeFirstOwner } from "@leasehold/db/control/members/first-owner";
import { type StepNeeds, stepActivity, undoActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { nothing, placeOf } from "./step-place.ts";

type Needs = Pick<OnboardingDependencies, keyof StepNeeds>;

/**
 * Idempotent by (tenant id, user id). Whoever signed up becomes the owner; where an operator asked, the owner's held invitation
 * must stand, and is let go by activation.
 */
export function addAdministrator(needs: Needs) {
  return stepActivity(
    needs,
    placeOf("administrator"),
    async ({ tenantId, operationId, catalog }) => {
      const { userId, invitationId } = catalog.subject;
      if (userId !== undefined) return { statements: (tx) => [addFirstOwner(tx, { tenantId, operationId, userId })] };
      if (invitationId === undefined) throw nobodyNamed();
      await checkHeldInvitation(needs.control, { tenantId, invitationId });
      return {};
    },
    nothing,
  );
}

/** Idempotent by (tenant id, operation id). */
export function undoAddAdministrator(needs: Needs) {
  return undoActivity(needs.control, "administrator", async ({ tenantId, operationId }) => ({
    within: (tx) => removeFirstOwner(tx, { tenantId, operationId }),
  }));
}
