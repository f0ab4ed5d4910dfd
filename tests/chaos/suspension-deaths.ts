import type { PlanId } from "@leasehold/domain/plans";
import { type SuspensionAction, type SuspensionStep, suspensionActions, suspensionStepsFor } from "@leasehold/domain/suspension/steps";
import type { Fault } from "./fault-world.ts";
import { aws, endOf, ofStep, sql } from "./step-faults.ts";

/**
 * `effect`: the worker dies while the step's effect, or half of it, is held back. `acknowledgement`: when the step has ended and Temporal has not
 * heard of it. `parked`: while the operation waits at the step for an operator. `undo`: while the step is taken back.
 */
export interface SuspensionDeath {
  id: string;
  plan: PlanId;
  action: SuspensionAction;
  step: SuspensionStep;
  moment: "effect" | "acknowledgement" | "parked" | "undo";
  fault: (tenantId: string, keyArn: string) => Fault;
  /** What an operator decides when the next worker is there; in a case that parks. */
  decides?: "retry-step" | "roll-back";
}

type Effect = readonly [what: string, fault: (tenantId: string, keyArn: string) => Fault];

const statement = (what: string, pattern: RegExp): Effect => [what, sql(pattern, "hang")];
const keyCall = (action: string): Effect => [action, (_, keyArn) => aws("kms", action, "hang")(keyArn)];

/** What each step changes, call by call: a step without its row does not compile, nor does its workflow without the step. */
const effects: Record<SuspensionStep, readonly [Effect, ...Effect[]]> = {
  "begin-suspending": [statement("the catalog", /control\.begin_suspension/)],
  shut: [statement("the placement", /update app\.tenant_placement/), statement("the home", /update app\.tenant_home/)],
  "cut-off": [statement("the wrapped keys", /update keyring\.data_keys/), keyCall("DisableKey")],
  "finish-suspending": [statement("the catalog", /control\.end_suspension/)],
  "begin-resuming": [statement("the catalog", /control\.begin_resumption/)],
  "restore-keys": [keyCall("EnableKey"), statement("the wrapped keys", /update keyring\.data_keys/)],
  open: [statement("the home", /update app\.tenant_home/), statement("the placement", /update app\.tenant_placement/)],
  "finish-resuming": [statement("the catalog", /control\.end_resumption/)],
};

/** The worker killed with SIGKILL at every step of a suspension and of its end, and of taking either back. */
export function listSuspensionDeaths(plans: readonly PlanId[]): SuspensionDeath[] {
  return plans.flatMap((plan) =>
    suspensionActions.flatMap((action) => suspensionStepsFor(action).flatMap((step) => ofOne(plan, action, step))),
  );
}

function ofOne(plan: PlanId, action: SuspensionAction, step: SuspensionStep): SuspensionDeath[] {
  const at = { plan, action, step };
  const refusedEnd = ofStep(step, "finish_step", "refuse");
  const isLast = suspensionStepsFor(action).at(-1) === step;
  const deaths: (Omit<SuspensionDeath, "id" | keyof typeof at> & { what: string })[] = [
    ...effects[step].map(([what, fault]) => ({ what: `before ${what}`, moment: "effect" as const, fault })),
    { what: "before its acknowledgement", moment: "acknowledgement", fault: endOf(step, "pause") },
    { what: "parked, tried again", moment: "parked", fault: refusedEnd, decides: "retry-step" },
    { what: "parked, rolled back", moment: "parked", fault: refusedEnd, decides: "roll-back" },
    // What is undone was done: the last step is what parks.
    ...(isLast ? [] : [{ what: "while it is undone", moment: "undo" as const, fault: ofStep(step, "finish_undo", "hang") }]),
  ];
  return deaths.map(({ what, ...death }) => ({ id: `${plan} · ${step} · ${what}`, ...at, ...death }));
}
