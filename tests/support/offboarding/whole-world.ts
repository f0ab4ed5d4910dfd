import { setTimeout as sleep } from "node:timers/promises";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { newId, type OperationId } from "@leasehold/domain/ids";
import type { OffboardingStep } from "@leasehold/domain/offboarding/steps";
import type { PlanId } from "@leasehold/domain/plans";
import type { AppProcess } from "../app-process.ts";
import { type DocumentsClient, documentsOf } from "../documents-client.ts";
import { awaitOutcome } from "../onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../request-onboarding.ts";
import { issuersWithoutPortal } from "../use-workspace.ts";
import { createWorld, type World } from "../world.ts";
import { itemsTable } from "./plant-records.ts";
import { answerAsPortal } from "./shredding-world.ts";

export interface WholeTenant extends RequestedTenant {
  plan: PlanId;
  documents: DocumentsClient;
}

export interface WholeClosing extends WholeTenant {
  closingId: OperationId;
}

/** Servers of its own, the worker and the application plane as they run in production; the portal's part of a closing by hand. */
export interface WholeWorld extends AsyncDisposable {
  world: World;
  worker(): AppProcess;
  /** Kills the worker and starts another. */
  killWorker(): Promise<void>;
  onboard(plan: PlanId): Promise<WholeTenant>;
  close(tenant: WholeTenant, options?: { withExport?: boolean }): Promise<WholeClosing>;
  /** Waits until a step is in one of the states. Throws with what the operation says when it is parked. */
  awaitStep(closing: WholeClosing, step: OffboardingStep, states?: readonly string[], patienceMs?: number): Promise<void>;
}

export async function createWholeWorld({ durable = false } = {}): Promise<WholeWorld> {
  await using undo = new AsyncDisposableStack();
  const world = undo.use(await createWorld({ ownServers: true, durable }));
  await world.start("application", issuersWithoutPortal(world.stack));
  // Where texts are planted there is a table for items.
  const settings: Record<string, string> = durable ? { TENANT_TABLE: itemsTable } : {};
  let worker = await world.start("worker", settings);
  const answering = setInterval(() => void answerAsPortal(world).catch(() => {}), 300);
  undo.defer(() => clearInterval(answering));
  const whole: WholeWorld = {
    world,
    worker: () => worker,
    async killWorker() {
      await worker.stop("SIGKILL");
      worker = await world.start("worker", settings);
    },
    async onboard(plan) {
      const tenant = await requestOnboarding(world.pool("control", "portal"), { plan });
      const outcome = await awaitOutcome(world, tenant, ["SUCCEEDED", "NEEDS_ATTENTION"], 120_000);
      if (outcome.state !== "SUCCEEDED") throw new Error(`the onboarding is parked: ${JSON.stringify(outcome)}`);
      await world
        .pool("control", "identity")
        .query("insert into identity.users (id, name, email) values ($1, 'Ada', $2)", [tenant.userId, tenant.email]);
      return { ...tenant, plan, documents: documentsOf(world, { ...tenant, plan }) };
    },
    async close(tenant, { withExport = false } = {}) {
      const ctx = { tenantId: tenant.tenantId, actor: { type: "user", userId: tenant.userId } as const, requestId: newId("request") };
      const asked = { reason: "We move on", confirmation: tenant.slug, withExport, holdDays: 0, idempotencyKey: newId("command") };
      const { operationId } = await requestOffboarding(world.pool("control", "portal"), ctx, asked);
      return { ...tenant, closingId: operationId as OperationId };
    },
    async awaitStep({ closingId }, step, states = ["SUCCEEDED"], patienceMs = 180_000) {
      const look = `select p.state as operation, p.attention_step, p.attention_code, p.attention_reason, s.state
        from control.operations p left join control.operation_steps s on s.operation_id = p.operation_id and s.step = $2
        where p.operation_id = $1`;
      let row: { operation: string; state: string | null } | undefined;
      for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(20)) {
        [row] = (await world.pool("control", "auditor").query<{ operation: string; state: string | null }>(look, [closingId, step])).rows;
        if (row?.state != null && states.includes(row.state)) return;
        if (row?.operation === "NEEDS_ATTENTION") break;
      }
      throw new Error(`${step} did not get to ${states.join(" or ")}: ${JSON.stringify(row)}`);
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const owned = undo.move();
  whole[Symbol.asyncDispose] = () => owned.disposeAsync();
  return whole;
}
