import { DisableKeyCommand, KMSClient, ListGrantsCommand } from "@aws-sdk/client-kms";
import { giveGrant } from "@leasehold/activities/keys/grants";
import { turnEpochActivities } from "@leasehold/activities/keys/turn-epoch";
import { createCertificateActivities } from "@leasehold/activities/offboarding/create-certificate-activities";
import type { ShreddingActivities } from "@leasehold/activities/offboarding/create-shredding-activities";
import { findPlacement } from "@leasehold/db/application/placement/find-placement";
import { listCertificatesOf } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import { onlyPool } from "@leasehold/domain/keys/epochs";
import type { CertificateDocument, KeyEvidence } from "@leasehold/domain/offboarding/certificate";
import { expectedItemsOf } from "@leasehold/domain/offboarding/expected-items";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AwsProxy, startAwsProxy } from "../support/faults/aws-proxy.ts";
import { type ClosingTenant, createShreddingWorld, type ShreddingWorld } from "../support/offboarding/shredding-world.ts";
import { createCustomerKey } from "../support/tenant-keys.ts";

let shredding: ShreddingWorld;
let proxy: AwsProxy;
let activities: ShreddingActivities;

beforeAll(async () => {
  shredding = await createShreddingWorld();
  const aws = shredding.world.aws("worker");
  proxy = await startAwsProxy(aws.endpoint ?? "");
  activities = shredding.activitiesWith({ kms: new KMSClient({ ...aws, endpoint: proxy.url, maxAttempts: 1 }) });
});
afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  await shredding?.[Symbol.asyncDispose]();
});

const byAnybody = "cannot be opened by anybody any more";
const environment = () => new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000 }, { logger: new DefaultLogger("ERROR", () => {}) });
const run = (name: keyof ShreddingActivities, tenant: ClosingTenant) => shredding.run(name, tenant, { activities });

async function stamp(name: "certifyClosure" | "certifyFinality", { tenantId, operationId }: ClosingTenant): Promise<CertificateDocument> {
  const versions = { product: "Leasehold", commit: null, schemas: {} };
  const certifying = createCertificateActivities({ ...shredding.clients, expectedItems: expectedItemsOf, versions });
  await environment().run(certifying[name], { tenantId, operationId });
  const [newest] = await listCertificatesOf(shredding.world.pool("control", "portal"), { tenantId, operationId });
  return JSON.parse(newest?.document.toString() ?? "null");
}

async function shred(tenant: ClosingTenant): Promise<void> {
  await run("destroyKeys", tenant);
  await shredding.earlier(tenant, "destroy-keys", 1_000);
  for (const name of ["confirmLeases", "deleteObjects", "deleteRows", "deleteStack", "deleteIdentities"] as const) await run(name, tenant);
}

const gone = ({ keyArn }: KeyEvidence) =>
  proxy.inject({ service: "kms", action: "DescribeKey", mode: "gone", about: keyArn.split("/").at(-1) ?? "" });
const underCustomers = "update keyring.data_keys set kms_key_arn = $2, epoch = null, customer_managed = true where tenant_id = $1";
async function turn(epoch: number): Promise<string> {
  const { beginEpochTurn, rewrapEpoch, endEpochTurn } = turnEpochActivities(shredding.clients);
  const ref = { pool: onlyPool, epoch };
  await environment().run(beginEpochTurn, ref);
  const { outcome } = (await environment().run(rewrapEpoch, ref)) as { outcome: string };
  if (outcome === "retired") await environment().run(endEpochTurn, ref);
  return outcome;
}
const epochOf = async (tenantId: string) =>
  (await shredding.owner<{ epoch: number }>("keyring", "select epoch from keyring.data_keys where tenant_id = $1", [tenantId]))[0]?.epoch ??
  0;

test("a customer's key keeps no grant of ours, and no stamp says that it is gone; our own key beside it goes", async () => {
  const open = await shredding.onboard("business");
  const customerKey = await createCustomerKey(shredding.world, open);
  const { placement } = await findPlacement(shredding.clients.application, open.tenantId);
  const grant = { tenantId: open.tenantId, operationId: open.onboardingId, keyArn: customerKey, roleArn: placement.roleArn };
  await giveGrant(shredding.clients, grant);
  await shredding.owner("keyring", `${underCustomers} and purpose = 'data'`, [open.tenantId, customerKey]);
  const tenant = await shredding.beginClosing(open);
  await run("takeInventory", tenant);
  const counted =
    "select inventory - '{backups,bytes,countedAt,objects}'::text[] as inventory from control.offboardings where operation_id = $1";
  expect(await shredding.owner("control", counted, [tenant.operationId])).toEqual([
    { inventory: { documents: 1, members: 1, keys: 2, stacks: 0 } },
  ]);
  await shredding.endHold(tenant);
  await run("destroyKeys", tenant);
  const keys = await shredding.keys(tenant);
  expect(keys.find(({ keyArn }) => keyArn === customerKey)).toMatchObject({ model: "customer", wrappedBefore: 1, wrappedAfter: 0 });
  const own = keys.find(({ model }) => model === "dedicated");
  expect(own).toMatchObject({ wrappedBefore: 2, wrappedAfter: 0, state: "PendingDeletion" });
  const { Grants } = await new KMSClient(shredding.world.aws("root")).send(new ListGrantsCommand({ KeyId: customerKey }));
  expect(Grants ?? []).toEqual([]);
  const told = await shredding.owner(
    "control",
    "select template from control.mail_requests where tenant_id = $1 and template = 'customer-key-released'",
    [tenant.tenantId],
  );
  expect(told).toHaveLength(1);

  await shred(tenant);
  await run("verifyShredded", tenant);
  const first = await stamp("certifyClosure", tenant);
  expect(first.finality).toMatchObject({ state: "scheduled", at: own?.deletionDate });
  const copies = Object.fromEntries(first.copies.map((one) => [one.copy, one]));
  expect(copies["keyring-backups"]?.how).toContain("open for whoever may use that key");
  expect(copies["application-backups"]).toMatchObject({ unreadableFrom: copies["keyring-backups"]?.unreadableFrom });
  expect(await run("lookAtFinality", tenant)).toEqual({ final: false });
  const ended = gone(own as KeyEvidence);
  expect(await run("lookAtFinality", tenant)).toEqual({ final: true });
  const second = await stamp("certifyFinality", tenant);
  ended.lift();
  expect(second.keys.map(({ model, state }) => [model, state]).sort()).toEqual([
    ["customer", "Enabled"],
    ["dedicated", "NotFound"],
  ]);
  expect(second.finality.state).toBe("customers");
  expect(second.finality.note).not.toContain("none of the keys any more");
  expect(second.proves.filter((text) => text.includes(byAnybody))).toEqual([expect.stringContaining("the issuer's own keys of the list")]);
  expect(second.doesNotProve.join(" ")).toContain("That copies of the keyring in backups cannot be opened");
});

test("who left the pool for a customer's key: the epoch that copies from before are under turns and is awaited as well", async () => {
  const open = await shredding.onboard("pro");
  const epoch = await epochOf(open.tenantId);
  const customerKey = await createCustomerKey(shredding.world, open);
  await shredding.owner("keyring", underCustomers, [open.tenantId, customerKey]);
  await new KMSClient(shredding.world.aws("root")).send(new DisableKeyCommand({ KeyId: customerKey }));
  const tenant = await shredding.beginClosing(open);
  await shredding.endHold(tenant);
  await shred(tenant);
  const former = (await shredding.keys(tenant)).filter((key) => key.former !== undefined);
  expect(former).toMatchObject([{ model: "shared-epoch", epoch, state: "Enabled", wrappedBefore: 0 }]);
  const [wanted] = await shredding.owner<{ due: Date | null }>(
    "keyring",
    "select turn_due_at as due from keyring.epochs where epoch = $1",
    [epoch],
  );
  expect(wanted?.due).not.toBeNull();
  await expect(run("verifyShredded", tenant)).rejects.toMatchObject({ details: ["epoch-not-turned"] });
  expect(await turn(epoch)).toBe("retired");
  await run("verifyShredded", tenant);
  const first = await stamp("certifyClosure", tenant);
  expect(first.keys.map(({ model, state }) => [model, state])).toContainEqual(["shared-epoch", "PendingDeletion"]);
  // The customer's key was off: nothing could be planted under what it wraps.
  expect(first.notChecked).toContainEqual(expect.objectContaining({ item: "canary:keyring" }));
  expect(first.stores.find(({ store }) => store === "sessions")?.note).toContain("The customer's key is the customer's to switch off");
  expect(await run("lookAtFinality", tenant)).toEqual({ final: false });
  const ended = gone(former[0] as KeyEvidence);
  expect(await run("lookAtFinality", tenant)).toEqual({ final: true });
  ended.lift();
  const rows = await shredding.owner("keyring", "select from keyring.former_keys where tenant_id = $1", [tenant.tenantId]);
  expect(rows).toEqual([]);
});

test("an epoch that was left and is held for another's key: the first stamp names it, and the second waits for it", async () => {
  const [broken, open] = [await shredding.onboard("pro"), await shredding.onboard("pro")];
  const held = await epochOf(open.tenantId);
  await shredding.owner("keyring", "update keyring.data_keys set wrapped = '\\x01' where tenant_id = $1 and purpose = 'index'", [
    broken.tenantId,
  ]);
  expect(await turn(held)).toBe("held");
  expect(await epochOf(open.tenantId)).toBe(held + 1);
  const late = await shredding.letGo("pro");
  const tenant = await shredding.beginClosing(open);
  await shredding.endHold(tenant);
  for (const one of [tenant, late]) await shred(one);
  expect(await turn(held + 1)).toBe("retired");
  for (const one of [tenant, late]) await run("verifyShredded", one);
  expect((await shredding.keys(late)).map(({ epoch }) => epoch)).toEqual([held + 1]);

  const first = await stamp("certifyClosure", tenant);
  expect(first.finality.state).toBe("held");
  expect(first.finality.note).toContain(`epoch ${held},`);
  expect(first.doesNotProve.join(" ")).toContain("had left before the closing is gone");
  const [current] = (await shredding.keys(tenant)).filter(({ epoch }) => epoch === held + 1);
  const ended = gone(current as KeyEvidence);
  expect(await run("lookAtFinality", late)).toEqual({ final: true });
  const before = proxy.passed();
  // Also while it is looked at again whether that key opens.
  const again = (state: string) => shredding.owner("keyring", "update keyring.epochs set state = $2 where epoch = $1", [held, state]);
  await again("TURNING");
  expect(await run("lookAtFinality", tenant)).toEqual({ final: false });
  await again("HELD");
  const since = (call: string) => (proxy.passed()[call] ?? 0) - (before[call] ?? 0);
  expect([since("kms:DisableKey"), since("kms:ScheduleKeyDeletion")]).toEqual([0, 0]);
  const notice = () =>
    shredding.owner(
      "control",
      "select attention_step as step, attention_reason as reason from control.operations where operation_id = $1",
      [tenant.operationId],
    );
  expect(await notice()).toEqual([{ step: "finality", reason: expect.stringContaining(`epoch ${held} of the pool, which is held`) }]);
  await expect(stamp("certifyFinality", tenant)).rejects.toMatchObject({ details: ["certificate-untrue"] });

  // When the last copy of the keyring from before has ended, the epoch is nothing to this tenant.
  await shredding.owner(
    "control",
    `update control.offboarding_evidence set evidence = jsonb_set(evidence, '{former,copiesUntil}', '"2026-01-01T00:00:00.000Z"')
     where operation_id = $1 and evidence ? 'former'`,
    [tenant.operationId],
  );
  await shredding.forget(tenant, "finality");
  expect(await run("lookAtFinality", tenant)).toEqual({ final: true });
  const second = await stamp("certifyFinality", tenant);
  ended.lift();
  expect(second.finality.state).toBe("copies-ended");
  expect(second.proves.join(" ")).not.toContain(byAnybody);
});
