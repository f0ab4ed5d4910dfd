import { createHash } from "node:crypto";
import { createKeyActivities, type KeyActivities } from "@leasehold/activities/keys/create-key-activities";
import { withConnection } from "@leasehold/db/client";
import { type KeyChangeStep, keyStepsFor, type RotationStep } from "@leasehold/domain/keys/steps";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { type Clients, createClients } from "@leasehold/worker/clients";
import { readEnv } from "@leasehold/worker/env";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DocumentsClient, documentsOf } from "../support/documents-client.ts";
import { awaitOutcome, readOperation } from "../support/onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { createCustomerKey, requestKeys } from "../support/tenant-keys.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let clients: Clients;
let activities: KeyActivities;
let tenant: RequestedTenant;
let documents: DocumentsClient;
let document: string;

beforeAll(async () => {
  world = await createWorld();
  await world.start("application", issuersWithoutPortal(world.stack));
  const worker = await world.start("worker");
  tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "business" });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  await worker.stop();
  clients = createClients(readEnv(stackEnv(world.stack, "worker")));
  activities = createKeyActivities(clients);
  documents = documentsOf(world, { ...tenant, plan: "business" });
  document = await documents.store("Kept.txt", Buffer.from("kept through everything"));
});
afterAll(async () => {
  await clients?.close();
  await world[Symbol.asyncDispose]();
});

/** A step without its row here does not compile. */
const rotation: Record<RotationStep, keyof KeyActivities> = {
  "new-version": "makeDataKey",
  "re-encrypt": "reencryptTenant",
  retire: "retireOldKeys",
  "finish-rotation": "finishRotation",
};
const change: Record<KeyChangeStep, keyof KeyActivities> = {
  "try-key": "tryTenantKey",
  rewrap: "rewrapDataKeys",
  "prove-key": "proveTenantKey",
  "switch-key": "switchTenantKey",
};
const undo: Record<Exclude<KeyChangeStep, "switch-key">, keyof KeyActivities> = {
  "try-key": "undoTryTenantKey",
  rewrap: "undoRewrapDataKeys",
  "prove-key": "undoProveTenantKey",
};

type Ref = Pick<RequestedTenant, "tenantId" | "operationId">;

function run(name: keyof KeyActivities, ref: Ref, attempt = 1): Promise<unknown> {
  const environment = new MockActivityEnvironment({ attempt, startToCloseTimeoutMs: 300_000 }, { logger: new DefaultLogger("ERROR") });
  return environment.run(activities[name] as (ref: object) => Promise<unknown>, ref);
}

/** As after a crash between the effect and its acknowledgement. */
async function forget(step: string, { operationId }: Ref, state = "RUNNING"): Promise<void> {
  await withConnection(world.ownerUrl("control"), (owner) =>
    owner.query("update control.operation_steps set state = $3 where operation_id = $1 and step = $2", [operationId, step, state]),
  );
}

/** Everything that work on keys touches, as the owner sees it; of ciphertexts their versions and digests. */
async function snapshot() {
  const of = [tenant.tenantId];
  const digest = (rows: unknown) => createHash("sha256").update(JSON.stringify(rows)).digest("hex");
  const keyring = await withConnection(
    world.ownerUrl("keyring"),
    async (owner) =>
      (
        await owner.query(
          "select purpose, version, wrapped, kms_key_arn, customer_managed, previous_kms_key_arn from keyring.data_keys where tenant_id = $1 order by 1, 2",
          of,
        )
      ).rows,
  );
  const rows = await withConnection(
    world.ownerUrl("application"),
    async (owner) =>
      (
        await owner.query(
          "select name_cipher, content_type_cipher, object_key, key_version from app.documents where tenant_id = $1 order by document_id",
          of,
        )
      ).rows,
  );
  const grants = await withConnection(
    world.ownerUrl("control"),
    async (owner) =>
      (await owner.query("select name, state from control.resources where tenant_id = $1 and kind = 'kms-grant' order by name", of)).rows,
  );
  const keys = keyring.map(({ wrapped, ...key }) => ({ ...key, wrapped: digest(wrapped) }));
  return {
    keys,
    documents: digest(rows),
    grants,
    objects: await documents.objectCount(),
    body: (await documents.read(document)).toString(),
  };
}

async function twice(name: keyof KeyActivities, step: string, ref: Ref, last: boolean): Promise<void> {
  await run(name, ref);
  const once = await snapshot();
  if (!last) await forget(step, ref);
  await run(name, ref, 2);
  expect(await snapshot(), step).toEqual(once);
}

test("each step of a rotation, carried out twice, is carried out once", async () => {
  const ref = { tenantId: tenant.tenantId, operationId: await requestKeys(world, tenant, { action: "rotate" }) };
  for (const [step, name] of Object.entries(rotation)) await twice(name, step, ref, step === "finish-rotation");
  expect((await snapshot()).keys.map(({ purpose, version }) => `${purpose} ${version}`)).toEqual(["data 2", "index 1", "payload 1"]);
  expect((await readOperation(world, { ...tenant, ...ref })).state).toBe("SUCCEEDED");
});

test("each undo of a change of key, carried out twice, leaves things as they were before", async () => {
  const before = await snapshot();
  const keyArn = await createCustomerKey(world, tenant);
  const ref = { tenantId: tenant.tenantId, operationId: await requestKeys(world, tenant, { action: "change", keyArn }) };
  const begun = keyStepsFor("change").slice(0, -1) as Exclude<KeyChangeStep, "switch-key">[];
  for (const step of begun) await run(change[step], ref);
  expect((await snapshot()).keys.every((key) => key.kms_key_arn === keyArn)).toBe(true);
  await run("beginKeysRollback", ref);
  for (const step of begun.toReversed()) {
    await run(undo[step], ref);
    await forget(step, ref, "UNDOING");
    await run(undo[step], ref);
  }
  await run("finishKeysRollback", ref);
  const after = await snapshot();
  expect({ ...after, grants: [] }).toEqual({ ...before, grants: [] });
  expect(after.grants).toEqual([{ name: keyArn, state: "RELEASED" }]);
  expect((await readOperation(world, { ...tenant, ...ref })).state).toBe("ROLLED_BACK");
});

test("each step of a change of key, carried out twice, is carried out once", async () => {
  const keyArn = await createCustomerKey(world, tenant);
  const ref = { tenantId: tenant.tenantId, operationId: await requestKeys(world, tenant, { action: "change", keyArn }) };
  for (const [step, name] of Object.entries(change)) await twice(name, step, ref, step === "switch-key");
  expect((await snapshot()).keys.every((key) => key.kms_key_arn === keyArn && key.previous_kms_key_arn === null)).toBe(true);
  expect((await readOperation(world, { ...tenant, ...ref })).state).toBe("SUCCEEDED");
});
