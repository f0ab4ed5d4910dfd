import { setInterval, setTimeout } from "node:timers";
import { beginStep } from "@leasehold/db/control/operations/begin-step";
import { beginUndo } from "@leasehold/db/control/operations/begin-undo";
import { failStep } from "@leasehold/db/control/operations/fail-step";
import { finishStep, finishStepWithin, type MadeResource, type StepStatements } from "@leasehold/db/control/operations/finish-step";
import { finishUndo, finishUndoWithin } from "@leasehold/db/control/operations/finish-undo";
import type { HeldStep, StepCatalog } from "@leasehold/db/control/operations/step-call";
import { withHeldStep } from "@leasehold/db/control/operations/with-held-step";
import { type ControlTransaction, withControl } from "@leasehold/db/control/with-control";
import { DomainError, isDomainError } from "@leasehold/domain/errors";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { currentScope } from "@leasehold/tenancy/telemetry/scope";
import { Context } from "@temporalio/activity";
import { ApplicationFailure, CancelledFailure } from "@temporalio/common";
import type pg from "pg";
import { toApplicationFailure } from "./to-application-failure.ts";

export interface OperationRef {
  operationId: OperationId;
  tenantId: TenantId;
}

export interface StepContext extends OperationRef {
  catalog: StepCatalog;
  /** No attempt was made before this one: nothing can be there yet. */
  first: boolean;
  requestId: string;
  /** Aborted when the operation is cancelled, the worker ends, or the attempt has had its time: handed to every call that waits. */
  signal: AbortSignal;
}

export interface StepEffect {
  /** Resources that are there now. */
  made?: MadeResource[];
  /** The part of the effect in the control database, in the transaction that marks the step as done. */
  within?: (tx: ControlTransaction) => Promise<void>;
  /** The same, when none of its statements needs another's answer: one round trip with the step's end. In place of `within`. */
  statements?: StepStatements;
}

export interface UndoEffect {
  /** Kinds of resources that are gone now. */
  released?: string[];
  within?: (tx: ControlTransaction) => Promise<void>;
}

export interface StepPlace {
  step: string;
  position: number;
  stage: number;
}

/** What an activity of a step needs for itself. */
export interface StepNeeds {
  control: pg.Pool;
  /** How long a step is tried before its operation parks, in milliseconds. */
  retryForMs: number;
}

const beatMs = 2_000;
/** An attempt ends itself so long before Temporal gives it up: no other is at work by then. */
const marginMs = 5_000;

/**
 * An activity for one step: marks it as running, carries out `effect`, and marks it as done together with the effect's part in
 * the control database. A step that has succeeded already is not carried out again. `afterwards` follows what is done, also when
 * it was done before; it is idempotent, and tried until it is done.
 */
export function stepActivity<R>(
  { control, retryForMs }: StepNeeds,
  place: StepPlace,
  effect: (context: StepContext) => Promise<StepEffect>,
  recall: (catalog: StepCatalog) => R,
  afterwards?: (context: OperationRef & { catalog: StepCatalog; signal: AbortSignal }) => Promise<void>,
): (ref: OperationRef) => Promise<R> {
  async function carryOut(held: HeldStep, catalog: StepCatalog, signal: AbortSignal, requestId: string): Promise<void> {
    const { tenantId, operationId } = held;
    const first = catalog.earlier === "PENDING";
    const { made = [], within, statements } = await effect({ tenantId, operationId, catalog, first, requestId, signal });
    signal.throwIfAborted();
    if (within === undefined) return finishStep(control, { ...held, made, requestId }, statements).catch(givenUp);
    return withHeldStep(control, held, async (tx) => {
      await within(tx);
      await finishStepWithin(tx, { ...held, made, requestId });
    }).catch(givenUp);
  }

  return (ref) =>
    beating(async (signal, requestId) => {
      const step = { ...ref, ...place };
      let lease: string | null = null;
      let done = false;
      try {
        const catalog = await beginStep(control, { ...step, attempt: Context.current().info.attempt });
        lease = catalog.lease;
        if (lease !== null) await carryOut({ ...step, lease }, catalog, signal, requestId);
        lease = null;
        done = true;
        await afterwards?.({ ...ref, catalog, signal });
        return recall(catalog);
      } catch (error) {
        logFailure(error, place.step);
        if (done) throw alwaysRetried(error);
        const failure = whenTriedLong(toApplicationFailure(cancelledIfAsked(error)), retryForMs);
        if (failure instanceof ApplicationFailure && lease !== null) {
          const told = { forGood: failure.nonRetryable ?? false, code: failure.type ?? "INTERNAL", message: failure.message };
          await failStep(control, { ...step, lease, ...told }).catch(() => {});
        }
        throw failure;
      }
    });
}

/** An activity that undoes one step, whether the step ran, failed half-way or never began. Its failures are always tried again. */
export function undoActivity(
  control: pg.Pool,
  step: string,
  effect: (context: StepContext) => Promise<UndoEffect>,
): (ref: OperationRef) => Promise<void> {
  return (ref) =>
    beating(async (signal, requestId) => {
      try {
        const catalog = await beginUndo(control, { ...ref, step });
        if (catalog.earlier === "UNDONE") return;
        const { released = [], within } = await effect({ ...ref, catalog, first: catalog.earlier === "PENDING", requestId, signal });
        const finish = { ...ref, step, released, requestId };
        if (within === undefined) await finishUndo(control, finish);
        else {
          await withControl(control, ref, async (tx) => {
            await within(tx);
            await finishUndoWithin(tx, finish);
          });
        }
      } catch (error) {
        logFailure(error, step);
        throw alwaysRetried(error);
      }
    });
}

/** A record that is tried until it is written. */
export function recordActivity<I, R>(work: (input: I, requestId: string) => Promise<R>): (input: I) => Promise<R> {
  return (input) =>
    beating(async (_signal, requestId) => {
      try {
        return await work(input, requestId);
      } catch (error) {
        logFailure(error, "record");
        throw alwaysRetried(error);
      }
    });
}

/** Another attempt has begun since. Should this be the one that counts all the same, the next one begins again. */
function givenUp(error: unknown): never {
  if (!isDomainError(error) || error.reason !== "operation-not-running") throw error;
  throw new DomainError("UNAVAILABLE", "Another attempt at this step has begun.", { reason: "attempt-given-up", cause: error });
}

/** Runs `work` with beats of its own; its signal ends it with the attempt. */
export async function beating<R>(work: (signal: AbortSignal, requestId: string) => Promise<R>): Promise<R> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), beatMs);
  const { startToCloseTimeoutMs } = context.info;
  const tooLong = new AbortController();
  const timer = setTimeout(() => tooLong.abort(), Math.max(startToCloseTimeoutMs - marginMs, marginMs));
  try {
    return await work(AbortSignal.any([context.cancellationSignal, tooLong.signal]), currentScope().requestId ?? newId("request"));
  } finally {
    clearInterval(beat);
    clearTimeout(timer);
  }
}

/** What fails because the operation is cancelled has been cancelled, whatever it says itself. */
function cancelledIfAsked(error: unknown): unknown {
  return Context.current().cancellationDetails?.cancelRequested ? new CancelledFailure("The operation is cancelled") : error;
}

/** What has been tried for long enough is not tried again: an operator decides. */
function whenTriedLong<F extends ApplicationFailure | CancelledFailure>(failure: F, retryForMs: number): F | ApplicationFailure {
  const { attempt, scheduledTimestampMs } = Context.current().info;
  if (!(failure instanceof ApplicationFailure) || failure.nonRetryable) return failure;
  if (attempt === 1 || Date.now() - scheduledTimestampMs < retryForMs) return failure;
  return ApplicationFailure.nonRetryable(failure.message, failure.type, ...(failure.details ?? []));
}

function alwaysRetried(error: unknown): ApplicationFailure | CancelledFailure {
  const failure = toApplicationFailure(cancelledIfAsked(error));
  return failure instanceof ApplicationFailure ? ApplicationFailure.retryable(failure.message, failure.type) : failure;
}

function logFailure(error: unknown, step: string): void {
  if (!(error instanceof CancelledFailure)) Context.current().log.warn("a step's attempt failed", { step, error });
}
