import { whileHeld } from "@leasehold/db/control/operations/while-held";
import { DomainError } from "@leasehold/domain/errors";
import { type SuspensionStep, suspensionStepPosition } from "@leasehold/domain/suspension/steps";
import type pg from "pg";
import type { OperationRef, StepPlace } from "../operations/run-step.ts";

export function suspensionPlaceOf(step: SuspensionStep): StepPlace {
  return { step, ...suspensionStepPosition(step) };
}

/** As `whileHeld`. Throws PRECONDITION_FAILED (`not-held`) when the tenant is not this operation's. */
export async function holding(control: pg.Pool, ref: OperationRef, work: () => Promise<void>): Promise<void> {
  if (await whileHeld(control, ref, work)) return;
  throw new DomainError("PRECONDITION_FAILED", "The tenant is not this operation's to change.", { reason: "not-held" });
}
