import { type OnboardingStep, onboardingSteps } from "@leasehold/domain/onboarding/steps";
import { decide, type PreparedSignUp, prepareSignUp, startOnboarding } from "../support/onboard.ts";
import type { World } from "../support/world.ts";
import { type ChaosCase, patienceMs } from "./chaos-case.ts";
import { assertGone, assertWhole } from "./check-tenant.ts";
import type { FaultWorld } from "./fault-world.ts";
import { faultKinds, type StepFault, stepFaults, undoFaults } from "./step-faults.ts";

/** Every row of the table as cases: one that parks is retried in one case, and rolled back in another. */
export function listStepCases(): ChaosCase[] {
  const cases: ChaosCase[] = [];
  for (const { step } of onboardingSteps) {
    for (const kind of faultKinds) {
      for (const row of stepFaults[step][kind]) {
        const id = `${step} · ${kind} · ${row.name}`;
        if (row.parks === undefined) cases.push({ id, run: (world) => runToTheEnd(world, row) });
        else {
          for (const action of ["retry-step", "roll-back"] as const) {
            cases.push({ id: `${id} · ${action}`, run: (world) => runParked(world, step, row, action) });
          }
        }
      }
    }
  }
  for (const [step, rows] of Object.entries(undoFaults)) {
    for (const row of rows) cases.push({ id: `undo ${step} · ${row.name}`, run: (world) => runRollBack(world, row) });
  }
  return cases;
}

async function runToTheEnd({ world, watch, inject }: FaultWorld, row: StepFault): Promise<string> {
  const signUp = await prepareSignUp(world, row.plan ?? "pro");
  const fault = inject(row.fault(signUp.tenantId, ""));
  try {
    const operationId = await startOnboarding(world, signUp);
    await watch.until(operationId, ["SUCCEEDED"], patienceMs);
    fault.lift();
    if (fault.hits() === 0) throw new Error("the fault never struck");
    await assertWhole(world, signUp, operationId);
    return `ACTIVE and whole; struck ${fault.hits()}×`;
  } finally {
    fault.lift();
  }
}

async function runParked(
  { world, watch, inject }: FaultWorld,
  step: OnboardingStep,
  row: StepFault,
  action: "retry-step" | "roll-back",
): Promise<string> {
  const signUp = await prepareSignUp(world, row.plan ?? "pro");
  const fault = inject(row.fault(signUp.tenantId, ""));
  try {
    const operationId = await startOnboarding(world, signUp);
    const parked = await watch.until(operationId, ["NEEDS_ATTENTION"], patienceMs);
    if (parked.attentionStep !== step || parked.attentionCode !== row.parks) {
      throw new Error(`parked at ${parked.attentionStep} with ${parked.attentionCode}, not at ${step} with ${row.parks}`);
    }
    fault.lift();
    await decide(world, signUp, operationId, { action, step });
    if (action === "retry-step") {
      await watch.until(operationId, ["SUCCEEDED"], patienceMs);
      await assertWhole(world, signUp, operationId);
      return "parked, retried, ACTIVE and whole";
    }
    await watch.until(operationId, ["ROLLED_BACK"], patienceMs);
    await assertGone(world, signUp, operationId);
    return "parked, rolled back, gone without residue";
  } finally {
    fault.lift();
  }
}

/** Everything is made, the last step parks; then the undo meets its fault. */
async function runRollBack({ world, watch, inject }: FaultWorld, row: StepFault): Promise<string> {
  const signUp = await prepareSignUp(world, row.plan ?? "pro");
  const last = inject(stepFaults.activate.permanent[0].fault(signUp.tenantId, ""));
  let fault: ReturnType<typeof inject> | undefined;
  try {
    const operationId = await startOnboarding(world, signUp);
    await watch.until(operationId, ["NEEDS_ATTENTION"], patienceMs);
    last.lift();
    fault = inject(row.fault(signUp.tenantId, await readKeyArn(world, signUp)));
    await decide(world, signUp, operationId, { action: "roll-back", step: "activate" });
    await watch.until(operationId, ["ROLLED_BACK"], patienceMs);
    if (fault.hits() === 0) throw new Error("the fault never struck");
    await assertGone(world, signUp, operationId);
    return `rolled back, gone without residue; struck ${fault.hits()}×`;
  } finally {
    last.lift();
    fault?.lift();
  }
}

async function readKeyArn(world: World, { tenantId }: PreparedSignUp): Promise<string> {
  const text = "select placement->>'keyArn' as arn from control.tenants where tenant_id = $1";
  const { rows } = await world.pool("control", "operator").query<{ arn: string }>(text, [tenantId]);
  return rows[0]?.arn ?? "";
}
