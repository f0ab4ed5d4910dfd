import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { OperationId } from "@leasehold/domain/ids";
import { type OnboardingStep, onboardingSteps } from "@leasehold/domain/onboarding/steps";
import type { InjectedFault } from "../support/faults/injected-fault.ts";
import { decide, prepareSignUp, startOnboarding } from "../support/onboard.ts";
import { type ChaosCase, patienceMs } from "./chaos-case.ts";
import { assertGone, assertWhole } from "./check-tenant.ts";
import type { FaultWorld } from "./fault-world.ts";
import { endOf, ofStep, stepFaults } from "./step-faults.ts";

/**
 * The worker killed with SIGKILL at every step: before the effect, held there by the step's own fault; and between the effect
 * and its acknowledgement: the step's end is held back until Temporal hears nothing any more. And while a step is undone: its effect
 * is gone, the undo's end is held back. Needs a world without a worker, and one case at a time.
 */
export function listWorkerDeaths(): ChaosCase[] {
  return onboardingSteps.flatMap(({ step }) => [
    { id: `SIGKILL before the effect of ${step}`, run: (world: FaultWorld) => dieBefore(world, step) },
    { id: `SIGKILL between the effect of ${step} and its acknowledgement`, run: (world: FaultWorld) => dieBetween(world, step) },
    ...(step === "activate" ? [] : [{ id: `SIGKILL while ${step} is undone`, run: (world: FaultWorld) => dieUndoing(world, step) }]),
  ]);
}

async function dieBefore(faulty: FaultWorld, step: OnboardingStep): Promise<string> {
  const row = stepFaults[step].hang[0];
  const signUp = await prepareSignUp(faulty.world, row.plan ?? "pro");
  await using worker = await faulty.startWorker();
  const hang = faulty.inject(row.fault(signUp.tenantId, ""));
  const operationId = await startOnboarding(faulty.world, signUp);
  await struck(hang);
  await worker.stop("SIGKILL");
  hang.lift();
  await using _next = await faulty.startWorker();
  await faulty.watch.until(operationId, ["SUCCEEDED"], patienceMs);
  await assertWhole(faulty.world, signUp, operationId);
  return `killed there, ACTIVE and whole by another worker; ${await countRepeats(faulty, operationId)} activities run again`;
}

async function dieBetween(faulty: FaultWorld, step: OnboardingStep): Promise<string> {
  const { world, watch, temporal } = faulty;
  const signUp = await prepareSignUp(world, stepFaults[step].hang[0].plan ?? "pro");
  await using worker = await faulty.startWorker();
  const end = faulty.inject(endOf(step, "pause")(signUp.tenantId));
  const operationId = await startOnboarding(world, signUp);
  await struck(end);
  temporal.set("blackhole");
  end.lift();
  await watch.untilStep(operationId, step, "SUCCEEDED", patienceMs);
  await worker.stop("SIGKILL");
  temporal.set("pass");
  await using _next = await faulty.startWorker();
  await untilClosed(faulty, operationId);
  await watch.until(operationId, ["SUCCEEDED"], patienceMs);
  await assertWhole(world, signUp, operationId);
  const repeats = await countRepeats(faulty, operationId);
  if (repeats === 0) throw new Error("no activity was run again, so the acknowledgement was not lost");
  return `killed there, ACTIVE and whole by another worker; ${repeats} activities run again`;
}

async function dieUndoing(faulty: FaultWorld, step: OnboardingStep): Promise<string> {
  const { world, watch, inject } = faulty;
  const signUp = await prepareSignUp(world, stepFaults[step].hang[0].plan ?? "pro");
  await using worker = await faulty.startWorker();
  const last = inject(stepFaults.activate.permanent[0].fault(signUp.tenantId, ""));
  const operationId = await startOnboarding(world, signUp);
  await watch.until(operationId, ["NEEDS_ATTENTION"], patienceMs);
  last.lift();
  const end = inject(ofStep(step, "finish_undo", "pause")(signUp.tenantId));
  await decide(world, signUp, operationId, { action: "roll-back", step: "activate" });
  await struck(end);
  await worker.stop("SIGKILL");
  end.lift();
  await using _next = await faulty.startWorker();
  await watch.until(operationId, ["ROLLED_BACK"], patienceMs);
  await assertGone(world, signUp, operationId);
  return "killed there, gone without residue by another worker";
}

async function struck(fault: InjectedFault): Promise<void> {
  for (const until = Date.now() + patienceMs; fault.hits() === 0; await sleep(5)) {
    if (Date.now() > until) throw new Error("the step was never reached");
  }
}

async function untilClosed({ world }: FaultWorld, operationId: OperationId): Promise<void> {
  const timeout = AbortSignal.timeout(patienceMs);
  const result = world.temporal.workflow.getHandle(`onboarding:${operationId}`).result();
  await Promise.race([result, once(timeout, "abort")]);
  if (timeout.aborted) throw new Error("the run did not end");
}

/** Activities that were started a second time, by the run's history. */
async function countRepeats({ world }: FaultWorld, operationId: OperationId): Promise<number> {
  const { events } = await world.temporal.workflow.getHandle(`onboarding:${operationId}`).fetchHistory();
  return events?.filter(({ activityTaskStartedEventAttributes: started }) => (started?.attempt ?? 1) > 1).length ?? 0;
}
