import { requestMail } from "@leasehold/db/control/mail/request-mail";
import { openHold } from "@leasehold/db/control/offboarding/begin-closing";
import { endHold, type HoldOutcome } from "@leasehold/db/control/offboarding/end-hold";
import { beginOffboardingRollback, endOffboardingRollback } from "@leasehold/db/control/offboarding/end-offboarding";
import { readHold, reminderKey } from "@leasehold/db/control/offboarding/read-hold";
import { withControl } from "@leasehold/db/control/with-control";
import { decideHold, type HoldDecision, type ReminderDays } from "@leasehold/domain/offboarding/hold";
import { nothing } from "../onboarding/step-place.ts";
import { type OperationRef, recordActivity, type StepNeeds, stepActivity, undoActivity } from "../operations/run-step.ts";
import { offboardingPlaceOf } from "./step-place.ts";

/** A moment by the workflow's clock, in milliseconds since 1970. */
type At = OperationRef & { now: number };

/** Idempotent by operation id. The hold begins at the workflow's time, and the tenant is free for other work on it. */
export function beginHold(needs: StepNeeds) {
  return async ({ now, ...ref }: At): Promise<void> => {
    const begin = stepActivity(
      needs,
      offboardingPlaceOf("hold"),
      async ({ tenantId, operationId }) => ({ within: (tx) => openHold(tx, { tenantId, operationId, at: new Date(now) }) }),
      nothing,
    );
    await begin(ref);
  };
}

/** Nothing is undone: the hold stays on record, and reopening frees the tenant. */
export function undoBeginHold({ control }: StepNeeds) {
  return undoActivity(control, "hold", async () => ({}));
}

export function recordHold({ control }: Pick<StepNeeds, "control">) {
  return {
    /** Changes nothing. Reads the authority again and says what is to be done at the workflow's time. */
    lookAtHold: recordActivity(async ({ now, ...ref }: At): Promise<HoldDecision> => decideHold(await readHold(control, ref), now)),
    /** Idempotent by operation id and the hold's end. */
    remindOwners: recordActivity(async ({ tenantId, operationId, days }: OperationRef & { days: ReminderDays }): Promise<void> => {
      const { endsAt } = await readHold(control, { tenantId, operationId });
      await withControl(control, { tenantId }, (tx) =>
        requestMail(tx, {
          tenantId,
          key: reminderKey(operationId, endsAt, days),
          template: "closing-reminder",
          props: { tenantId, days, endsAt: new Date(endsAt).toISOString() },
        }),
      );
    }),
    /** Idempotent by operation id. The last word on the hold, at the workflow's time. */
    endHold: recordActivity(({ now, ...ref }: At): Promise<HoldOutcome> => endHold(control, { ...ref, at: new Date(now) })),
    /** Idempotent by operation id. */
    beginOffboardingRollback: recordActivity((ref: OperationRef) => beginOffboardingRollback(control, ref)),
    /** Idempotent by operation id. */
    finishOffboardingRollback: recordActivity((ref: OperationRef, requestId) => endOffboardingRollback(control, { ...ref, requestId })),
  };
}
