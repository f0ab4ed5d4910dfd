import { createOffboardingActivities } from "@leasehold/activities/offboarding/create-offboarding-activities";
import { createShreddingActivities, type ShreddingActivities } from "@leasehold/activities/offboarding/create-shredding-activities";
import { createOnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import { ensureCanary } from "@leasehold/activities/onboarding/ensure-canary";
import { withConnection } from "@leasehold/db/client";
import { deleteAccount } from "@leasehold/db/control/identity/delete-account";
import {
  answerAccountErasure,
  belongsSomewhere,
  listOpenAccountErasures,
} from "@leasehold/db/control/offboarding/erasure/account-erasures";
import { listEvidence } from "@leasehold/db/control/offboarding/list-evidence";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { newId, type OperationId } from "@leasehold/domain/ids";
import type { Evidence, KeyEvidence, StoreEvidence } from "@leasehold/domain/offboarding/certificate";
import type { OffboardingStep } from "@leasehold/domain/offboarding/steps";
import { onboardingStepsFor } from "@leasehold/domain/onboarding/steps";
import { type PlanId, plans } from "@leasehold/domain/plans";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { type Clients, createClients } from "@leasehold/worker/clients";
import { readEnv } from "@leasehold/worker/env";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { type DocumentsClient, documentsOf } from "../documents-client.ts";
import { stepActivities } from "../onboarding-steps.ts";
import { type RequestedTenant, requestOnboarding } from "../request-onboarding.ts";
import { issuersWithoutPortal } from "../use-workspace.ts";
import { createWorld, type World } from "../world.ts";

/** A tenant whose closing was asked for: `operationId` is the closing's. */
export interface ClosingTenant extends RequestedTenant {
  plan: PlanId;
  documents: DocumentsClient;
}

export interface ShreddingWorld extends AsyncDisposable {
  world: World;
  clients: Clients;
  /** A whole tenant with an owner who has an account, and documents. */
  onboard(plan: PlanId): Promise<Omit<ClosingTenant, "operationId"> & { onboardingId: OperationId }>;
  /** Its closing as far as the hold, which is over as soon as it begins. */
  beginClosing(tenant: Omit<ClosingTenant, "operationId">): Promise<ClosingTenant>;
  /** The last instant of its hold has come. */
  endHold(tenant: ClosingTenant): Promise<void>;
  /** A whole tenant past the point of no return. */
  letGo(plan: PlanId): Promise<ClosingTenant>;
  run(
    name: keyof ShreddingActivities,
    tenant: ClosingTenant,
    options?: { attempt?: number; activities?: ShreddingActivities },
  ): Promise<unknown>;
  activitiesWith(changed?: Partial<Clients>): ShreddingActivities;
  evidence(tenant: ClosingTenant): Promise<Evidence[]>;
  stores(tenant: ClosingTenant): Promise<Record<string, StoreEvidence>>;
  keys(tenant: ClosingTenant): Promise<KeyEvidence[]>;
  /** As though the step had ended so much earlier. */
  earlier(tenant: ClosingTenant, step: OffboardingStep, seconds: number): Promise<void>;
  /** As after a crash between the effect and its acknowledgement. */
  forget(tenant: ClosingTenant, step: OffboardingStep): Promise<void>;
  owner<Row extends object>(plane: "control" | "application" | "keyring", text: string, values?: unknown[]): Promise<Row[]>;
}

/** The product's servers and application plane, with no worker: everything of it is carried out by hand. */
export async function createShreddingWorld(options: { ownServers?: boolean } = {}): Promise<ShreddingWorld> {
  await using undo = new AsyncDisposableStack();
  const world = undo.use(await createWorld(options));
  await world.start("application", issuersWithoutPortal(world.stack));
  const clients = undo.adopt(createClients({ ...readEnv(stackEnv(world.stack, "worker")), STEP_RETRY_SECONDS: 30 }), (open) =>
    open.close(),
  );
  const answering = setInterval(() => void answerAsPortal(world).catch(() => {}), 300);
  undo.defer(() => clearInterval(answering));
  const activitiesWith = (changed: Partial<Clients> = {}) =>
    createShreddingActivities({ ...clients, temporal: world.temporal, ...changed });
  const activities = activitiesWith();
  const onboarding = createOnboardingActivities(clients);
  await ensureCanary(clients);
  const before = createOffboardingActivities(clients);
  const environment = (attempt = 1) =>
    new MockActivityEnvironment({ attempt, startToCloseTimeoutMs: 300_000 }, { logger: new DefaultLogger("ERROR") });
  const owner: ShreddingWorld["owner"] = (plane, text, values) =>
    withConnection(world.ownerUrl(plane), async (client) => (await client.query(text, values)).rows);

  const made: ShreddingWorld = {
    world,
    clients,
    activitiesWith,
    owner,
    async onboard(plan) {
      const requested = await requestOnboarding(world.pool("control", "portal"), { plan, withCommand: false });
      const { tenantId, operationId } = requested;
      for (const step of onboardingStepsFor(plans[plan].placement))
        await environment().run(onboarding[stepActivities[step]] as (ref: object) => Promise<unknown>, { tenantId, operationId });
      await world
        .pool("control", "identity")
        .query("insert into identity.users (id, name, email) values ($1, 'Ada', $2)", [requested.userId, requested.email]);
      const documents = documentsOf(world, { ...requested, plan });
      await documents.store("First.txt", Buffer.from("the first"));
      await documents.createFolder("Letters");
      const { operationId: onboardingId, ...tenant } = requested;
      return { ...tenant, onboardingId, plan, documents };
    },
    async beginClosing(tenant) {
      const ctx = { tenantId: tenant.tenantId, actor: { type: "user", userId: tenant.userId } as const, requestId: newId("request") };
      const { operationId } = await requestOffboarding(world.pool("control", "portal"), ctx, {
        reason: "We move on",
        confirmation: tenant.slug,
        withExport: false,
        holdDays: 0,
        idempotencyKey: newId("command"),
      });
      const ref = { tenantId: tenant.tenantId, operationId: operationId as OperationId };
      await environment().run(before.freezeTenant, ref);
      // No portal runs that would address it.
      await owner("control", "update control.mail_requests set addressed_at = now() where tenant_id = $1", [tenant.tenantId]);
      await environment().run(before.beginHold, { ...ref, now: Date.now() });
      return { ...tenant, operationId: ref.operationId };
    },
    async letGo(plan) {
      const tenant = await made.beginClosing(await made.onboard(plan));
      await made.endHold(tenant);
      return tenant;
    },
    async endHold({ tenantId, operationId }) {
      const outcome = await environment().run(before.endHold, { tenantId, operationId, now: Date.now() + 1_000 });
      if (outcome !== "shredding") throw new Error(`the hold ended ${outcome}`);
    },
    run(name, { tenantId, operationId }, { attempt = 1, activities: own = activities } = {}) {
      return environment(attempt).run(own[name] as (ref: object) => Promise<unknown>, { tenantId, operationId, now: Date.now() });
    },
    evidence: async (tenant) => (await listEvidence(clients.control, tenant)).map(({ evidence }) => evidence as Evidence),
    async stores(tenant) {
      const found = (await made.evidence(tenant)).filter((one) => one.type === "store");
      return Object.fromEntries(found.map((one) => [one.store, one]));
    },
    keys: async (tenant) => (await made.evidence(tenant)).filter((one) => one.type === "key"),
    async earlier({ operationId }, step, seconds) {
      await owner(
        "control",
        "update control.operation_steps set finished_at = finished_at - make_interval(secs => $3) where operation_id = $1 and step = $2",
        [operationId, step, seconds],
      );
    },
    async forget({ operationId }, step) {
      await owner("control", "update control.operation_steps set state = 'RUNNING' where operation_id = $1 and step = $2", [
        operationId,
        step,
      ]);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const owned = undo.move();
  made[Symbol.asyncDispose] = () => owned.disposeAsync();
  return made;
}

/** What the portal does about accounts, without its wait for sessions to end. */
export async function answerAsPortal(world: World): Promise<void> {
  const [control, identity] = [world.pool("control", "portal"), world.pool("control", "identity")];
  for (const asked of await listOpenAccountErasures(control)) {
    const inUse = await belongsSomewhere(control, asked.userId);
    if (!inUse) await deleteAccount(identity, asked.userId);
    await answerAccountErasure(control, asked, { outcome: inUse ? "in-use" : "deleted", rowsBefore: 1, rowsAfter: 0 });
  }
}
