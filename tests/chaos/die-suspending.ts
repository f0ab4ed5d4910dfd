import { setTimeout as sleep } from "node:timers/promises";
import { findPlacement } from "@leasehold/db/application/placement/find-placement";
import { requestIntervention } from "@leasehold/db/control/operations/request-intervention";
import { newId, type OperationId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import { type SuspensionStep, suspensionStepsFor } from "@leasehold/domain/suspension/steps";
import { documentsOf } from "../support/documents-client.ts";
import type { InjectedFault } from "../support/faults/injected-fault.ts";
import { operators } from "../support/operators.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";
import { askFor, carryOut, closedFor, resumed, snapshot } from "../support/suspension.ts";
import { patienceMs } from "./chaos-case.ts";
import { assertSettled, type DyingTenant } from "./check-suspended.ts";
import type { FaultWorld } from "./fault-world.ts";
import { ofStep } from "./step-faults.ts";
import type { SuspensionDeath } from "./suspension-deaths.ts";

interface Dying {
  death: SuspensionDeath;
  tenant: DyingTenant;
  operationId: OperationId;
  fault: InjectedFault | undefined;
}

const settledStates = ["SUCCEEDED", "ROLLED_BACK", "NEEDS_ATTENTION"] as const satisfies readonly OperationState[];
type Settled = (typeof settledStates)[number];

/**
 * As many tenants as there are deaths, each at its own, when one SIGKILL ends the worker for all of them; another worker takes over. Each
 * is suspended and whole then, or active and whole, and what was parked still is. Needs a world without a worker.
 * @returns what became of each, by the death's id; `failure` when it is not so
 */
export async function dieTogether(
  faulty: FaultWorld,
  deaths: readonly SuspensionDeath[],
): Promise<{ id: string; outcome: string; failure: string | undefined }[]> {
  const { temporal, watch } = faulty;
  await using worker = await faulty.startWorker({ LOG_LEVEL: "fatal" });
  const ready = await Promise.all(deaths.map((death) => prepare(faulty, death)));
  const dying = await Promise.all(ready.map((one) => strike(faulty, one)));
  temporal.set("blackhole");
  const ended = dying.filter(({ death }) => death.moment === "acknowledgement");
  for (const { fault } of ended) fault?.lift();
  await Promise.all(ended.map(({ operationId, death }) => watch.untilStep(operationId, death.step, "SUCCEEDED", patienceMs)));
  await worker.stop("SIGKILL");
  for (const { fault } of dying) fault?.lift();
  temporal.set("pass");
  await using _next = await faulty.startWorker({ LOG_LEVEL: "fatal" });
  // Awaited here: the worker ends with this function.
  return await Promise.all(
    dying.map(async (one) => {
      const said = await settle(faulty, one).then(
        (outcome) => ({ outcome, failure: undefined }),
        (error: Error) => ({ outcome: "", failure: error.message }),
      );
      return { id: one.death.id, ...said };
    }),
  );
}

/** A tenant that is where its death begins: active, or suspended; and parked where it dies so, or while it is rolled back. */
async function prepare(faulty: FaultWorld, death: SuspensionDeath): Promise<Dying> {
  const { world } = faulty;
  const asked = await requestOnboarding(world.pool("control", "portal"), { plan: death.plan });
  await expectState(faulty, asked.operationId, "SUCCEEDED");
  const documents = documentsOf(world, { ...asked, plan: death.plan });
  const documentId = await documents.store("Kept.txt", Buffer.from("kept through everything"));
  const { placement } = await findPlacement(world.pool("application", "app_tenant"), asked.tenantId);
  const before = await snapshot(world, asked);
  const tenant: DyingTenant = { ...asked, documents, documentId, keyArn: placement.keyArn, before };
  if (death.action === "resume") await carryOut(world, tenant, closedFor);
  const dying = { death, tenant, operationId: tenant.operationId, fault: undefined };
  if (death.moment === "parked") return park(faulty, dying, death.step);
  const last = suspensionStepsFor(death.action).at(-1);
  return death.moment === "undo" && last !== undefined ? park(faulty, dying, last) : dying;
}

async function park(faulty: FaultWorld, dying: Dying, step: SuspensionStep): Promise<Dying> {
  const refusal = faulty.inject(ofStep(step, "finish_step", "refuse")(dying.tenant.tenantId));
  const operationId = await begin(faulty, dying);
  await expectState(faulty, operationId, "NEEDS_ATTENTION");
  refusal.lift();
  return { ...dying, operationId };
}

/** Lets it come to the point where it is held. */
async function strike(faulty: FaultWorld, dying: Dying): Promise<Dying> {
  const { death, tenant } = dying;
  if (death.moment === "parked") return dying;
  const fault = faulty.inject(death.fault(tenant.tenantId, tenant.keyArn));
  const operationId = death.moment === "undo" ? dying.operationId : await begin(faulty, dying);
  const last = suspensionStepsFor(death.action).at(-1);
  if (death.moment === "undo" && last !== undefined) await decide(faulty, { ...dying, operationId }, "roll-back", last);
  for (const until = Date.now() + patienceMs; fault.hits() === 0; await sleep(5)) {
    if (Date.now() > until) throw new Error(`${death.id}: the step was never reached`);
  }
  return { ...dying, operationId, fault };
}

/** With the next worker: decides what waits, and looks at where it ends. */
async function settle(faulty: FaultWorld, dying: Dying): Promise<string> {
  const { death, tenant, operationId } = dying;
  if (death.decides !== undefined) {
    const parked = await faulty.watch.until(operationId, ["NEEDS_ATTENTION"], patienceMs);
    if (parked.attentionStep !== death.step) throw new Error(`it is parked at ${parked.attentionStep}`);
    await decide(faulty, dying, death.decides, death.step);
  }
  const wanted = death.moment === "undo" || death.decides === "roll-back" ? "ROLLED_BACK" : "SUCCEEDED";
  await expectState(faulty, operationId, wanted, death.moment === "parked" ? ["SUCCEEDED", "ROLLED_BACK"] : settledStates);
  const suspended = (death.action === "suspend") === (wanted === "SUCCEEDED");
  await assertSettled(faulty.world, tenant, { operationId, action: death.action, suspended, carriedOut: wanted === "SUCCEEDED" });
  if (!suspended) return "active and whole";
  await carryOut(faulty.world, tenant, resumed);
  await assertSettled(faulty.world, tenant, { suspended: false });
  return "suspended and whole; resumed, as before";
}

const begin = ({ world }: FaultWorld, { death, tenant }: Dying) => askFor(world, tenant, death.action === "suspend" ? closedFor : resumed);

async function expectState({ watch }: FaultWorld, operationId: OperationId, state: Settled, among: readonly Settled[] = settledStates) {
  const found = await watch.until(operationId, among, patienceMs);
  if (found.state !== state) throw new Error(`${operationId} is ${found.state} at ${found.attentionStep}: ${found.attentionCode}`);
}

function decide({ world }: FaultWorld, { tenant, operationId }: Dying, action: "retry-step" | "roll-back", step: string) {
  const ids = { idempotencyKey: newId("command"), operatorId: operators.ada, requestId: newId("request") };
  const { tenantId } = tenant;
  return requestIntervention(world.pool("control", "operator"), {
    tenantId,
    operationId,
    action,
    step,
    reason: "Decided in a test",
    ...ids,
  });
}
