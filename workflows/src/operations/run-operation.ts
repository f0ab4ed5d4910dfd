import type { OperationState, StepState } from "@leasehold/domain/operations";
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import {
  type Decision,
  notParked,
  type OperationInput,
  type OperationOutcome,
  type OperationRef,
  resolveOperationUpdate,
  statusAttribute,
} from "./contract.ts";
import { describeOperation } from "./describe-operation.ts";
import { readStepFailure, type StepFailure } from "./step-failure.ts";

export interface StepActivities {
  run: (ref: OperationRef) => Promise<unknown>;
  /** Absent from the point of no return on only. */
  undo?: (ref: OperationRef) => Promise<unknown>;
}

/** How the catalog is told what happens to the operation. Each answers with the state that holds. */
export interface RecordActivities {
  parkOperation: (input: OperationRef & { failures: StepFailure<string>[] }) => Promise<OperationState>;
  resumeOperation: (ref: OperationRef) => Promise<OperationState>;
  beginRollback: (ref: OperationRef) => Promise<OperationState>;
  finishRollback: (ref: OperationRef) => Promise<OperationState>;
}

export interface OperationDefinition<Steps extends Record<string, StepActivities>> {
  steps: Steps;
  labels: Readonly<Record<keyof Steps & string, string>>;
  records: RecordActivities;
}

export interface OperationRun<Steps extends Record<string, StepActivities>> {
  /** Carries out one step; parks, and waits for an operator, when it fails for good. */
  step<Step extends keyof Steps & string>(step: Step): Promise<Awaited<ReturnType<Steps[Step]["run"]>>>;
  /** Carries out steps at the same time. All of them settle before anything is decided. */
  together(steps: readonly (keyof Steps & string)[]): Promise<void>;
  /** Carries out the step after which nothing is rolled back any more, whatever is asked. */
  pointOfNoReturn(step: keyof Steps & string): Promise<void>;
  /** Everything behind a point of no return that the database has decided on: a step that fails can only be tried again. */
  beyondReturn(work: () => Promise<void>): Promise<void>;
  /** Gives the operation up: what was done is undone, as when an operator rolls back. */
  abandon(): never;
}

class RollBackDecided extends Error {}
/** The catalog says that the operation has ended: by another run, or by an attempt whose answer was lost. */
class EndedEarlier extends Error {
  readonly outcome: OperationOutcome;
  constructor(outcome: OperationOutcome) {
    super();
    this.outcome = outcome;
  }
}

function endWith(state: OperationState): void {
  if (state === "SUCCEEDED") throw new EndedEarlier(state);
  if (state === "ROLLED_BACK" || state === "REJECTED") throw new EndedEarlier("ROLLED_BACK");
}

/**
 * Runs an operation as a saga: each undo is registered before its step, and undone in reverse, uncancellable, until it
 * is done. Cancelling the run from outside rolls back.
 */
export async function runOperation<Steps extends Record<string, StepActivities>>(
  definition: OperationDefinition<Steps>,
  input: OperationInput,
  carryOut: (run: OperationRun<Steps>) => Promise<void>,
): Promise<OperationOutcome> {
  type Step = keyof Steps & string;
  const { steps, labels, records } = definition;
  const ref: OperationRef = { operationId: input.operationId, tenantId: input.tenantId };
  const progress = new Map<string, StepState>();
  const begun: Step[] = [];
  let status: OperationState = "RUNNING";
  let parked: StepFailure<string> | undefined;
  let decision: Decision | undefined;
  let beyond = false;

  const show = () => setCurrentDetails(describeOperation(status, progress, labels, parked));
  const mark = (step: string, state: StepState) => {
    progress.set(step, state);
    show();
  };
  const enter = (next: OperationState) => {
    status = next;
    upsertSearchAttributes([{ key: statusAttribute, value: next }]);
    show();
  };

  setHandler(
    resolveOperationUpdate,
    (resolution) => {
      decision = resolution.decision;
      return resolution.decision;
    },
    {
      validator: ({ step, decision: wanted }) => {
        const refusal =
          wanted !== "retry" && wanted !== "roll-back"
            ? "Decide to retry or to roll back."
            : parked?.step !== step || decision !== undefined
              ? `The operation is not waiting at ${step}.`
              : beyond && wanted === "roll-back"
                ? "The operation is past the point of no return: it can only be tried again."
                : undefined;
        if (refusal) throw ApplicationFailure.nonRetryable(refusal, notParked);
      },
    },
  );

  async function attempt(step: Step): Promise<{ result: unknown } | { failure: StepFailure<Step> }> {
    if (!begun.includes(step)) begun.push(step);
    mark(step, "RUNNING");
    try {
      const result = await steps[step]?.run(ref);
      mark(step, "SUCCEEDED");
      return { result };
    } catch (error) {
      if (isCancellation(error)) throw error;
      mark(step, "FAILED");
      return { failure: readStepFailure(step, error) };
    }
  }

  /** Waits for an operator. Returns when the step is to be tried again. */
  async function park(failures: StepFailure<Step>[]): Promise<void> {
    decision = undefined;
    parked = failures[0];
    enter("NEEDS_ATTENTION");
    const state = await CancellationScope.nonCancellable(() => records.parkOperation({ ...ref, failures }));
    endWith(state);
    await condition(() => decision !== undefined);
    parked = undefined;
    if (decision === "roll-back") throw new RollBackDecided();
    await resume();
  }

  async function resume(): Promise<void> {
    const state = await records.resumeOperation(ref);
    endWith(state);
    if (state === "ROLLING_BACK") throw new RollBackDecided();
    enter("RUNNING");
  }

  async function settle(failures: StepFailure<Step>[]): Promise<unknown> {
    let result: unknown;
    const open = [...failures];
    for (let first = open[0]; first !== undefined; first = open[0]) {
      await park(open);
      const outcome = await attempt(first.step);
      if ("failure" in outcome) open[0] = outcome.failure;
      else {
        result = outcome.result;
        open.shift();
      }
    }
    return result;
  }

  async function carryOutOne(step: Step): Promise<unknown> {
    const outcome = await attempt(step);
    return "failure" in outcome ? settle([outcome.failure]) : outcome.result;
  }

  const run: OperationRun<Steps> = {
    step: (step) => carryOutOne(step) as never,
    together: async (names) => {
      const outcomes = await Promise.allSettled(names.map(attempt));
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
      await settle(
        outcomes.flatMap((outcome) => (outcome.status === "fulfilled" && "failure" in outcome.value ? [outcome.value.failure] : [])),
      );
    },
    pointOfNoReturn: async (step) => {
      if (CancellationScope.current().consideredCancelled) throw new CancelledFailure("Cancelled before the point of no return");
      const outcome = await CancellationScope.nonCancellable(() => attempt(step));
      if ("failure" in outcome) await settle([outcome.failure]);
    },
    beyondReturn: (work) => {
      beyond = true;
      return CancellationScope.nonCancellable(work);
    },
    abandon: () => {
      throw new RollBackDecided();
    },
  };

  async function rollBack(): Promise<OperationOutcome> {
    enter("ROLLING_BACK");
    const state = await records.beginRollback(ref);
    endWith(state);
    if (state === "RUNNING") return runOn();
    for (const step of stepsToUndo()) {
      const undo = steps[step]?.undo;
      if (!undo) continue;
      mark(step, "UNDOING");
      await undo(ref);
      mark(step, "UNDONE");
    }
    endWith(await records.finishRollback(ref));
    return end("ROLLED_BACK");
  }

  /** What an earlier run began is not known here: behind one, every step is undone. To undo what never began changes nothing. */
  function stepsToUndo(): Step[] {
    const takenUp = input.resume === "retry" || workflowInfo().continuedFromExecutionRunId !== undefined;
    return (takenUp && patched("undo-earlier-runs") ? (Object.keys(steps) as Step[]) : begun).toReversed();
  }

  async function runOn(): Promise<OperationOutcome> {
    beyond = true;
    enter("RUNNING");
    await carryOut(run);
    return end("SUCCEEDED");
  }

  function end(outcome: OperationOutcome): OperationOutcome {
    parked = undefined;
    enter(outcome);
    return outcome;
  }

  try {
    if (input.resume === "roll-back") {
      begun.push(...(Object.keys(steps) as Step[]));
      throw new RollBackDecided();
    }
    if (input.resume === "retry") await resume();
    await carryOut(run);
    return end("SUCCEEDED");
  } catch (error) {
    if (error instanceof EndedEarlier) return end(error.outcome);
    if (!(error instanceof RollBackDecided) && !isCancellation(error)) throw error;
    parked = undefined;
    return CancellationScope.nonCancellable(rollBack).catch((late: unknown) => {
      if (late instanceof EndedEarlier) return end(late.outcome);
      throw late;
    });
  }
}
