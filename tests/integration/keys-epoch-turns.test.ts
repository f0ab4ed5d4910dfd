import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { giveUpKeys, replaceLostKeys } from "@leasehold/activities/keys/give-up-keys";
import { requestEpochTurn } from "@leasehold/activities/keys/request-epoch-turn";
import { withConnection } from "@leasehold/db/client";
import { decideKeyLoss } from "@leasehold/db/control/keys/losses/decide-key-loss";
import { requestKeyLoss } from "@leasehold/db/control/keys/losses/request-key-loss";
import { nextVersion } from "@leasehold/db/keyring/data-keys/add-data-key";
import { listWrappedKeys } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { listLostKeys } from "@leasehold/db/keyring/data-keys/lost-keys";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import { destroyDataKeys, keepDataKey } from "@leasehold/db/keyring/keep-data-key";
import { newId } from "@leasehold/domain/ids";
import { epochKeyOf, epochTurnIdOf, onlyPool as pool } from "@leasehold/domain/keys/epochs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentsOf } from "../support/documents-client.ts";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { awaitEpochTurn, epochNeeds } from "../support/open-epoch.ts";
import { type KnownOperator, operators } from "../support/operators.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { awaitKeys, createCustomerKey, requestKeys } from "../support/tenant-keys.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let kms: KMSClient;
beforeAll(async () => {
  world = await createWorld({ ownServers: true });
  await world.start("application", issuersWithoutPortal(world.stack));
  await world.start("worker");
  kms = new KMSClient(world.aws("root"));
});
afterAll(() => world[Symbol.asyncDispose]());

async function onboard(plan: "starter" | "pro"): Promise<RequestedTenant> {
  const tenant = await requestOnboarding(world.pool("control", "portal"), { plan });
  await awaitOutcome(world, tenant, ["SUCCEEDED"]);
  return tenant;
}
const wrappedUnder = async ({ tenantId }: RequestedTenant) => [
  ...new Set((await listWrappedKeys(world.pool("keyring", "worker"), tenantId)).map(({ keyArn, epoch }) => `${keyArn} ${epoch}`)),
];

test("tenants of Starter and Pro have no KMS key of their own; a turn that a deletion asked for leaves evidence and everybody's documents", async () => {
  const [leaving, also, staying] = await Promise.all([onboard("starter"), onboard("pro"), onboard("pro")]);
  const documents = documentsOf(world, { ...staying, plan: "pro" });
  const id = await documents.store("report.txt", Buffer.from("what stays"));
  for (const tenant of [leaving, also, staying]) expect(await wrappedUnder(tenant)).toEqual([`${epochKeyOf(pool)} 1`]);
  const placement = await world
    .pool("control", "auditor")
    .query("select placement ->> 'keyArn' as key from control.tenants where tenant_id = $1", [staying.tenantId]);
  expect(placement.rows).toEqual([{ key: epochKeyOf(pool) }]);

  const needs = epochNeeds(world);
  for (const { tenantId } of [leaving, also]) await destroyDataKeys(needs.keyring, tenantId);
  const tickets = await Promise.all([requestEpochTurn(needs, pool), requestEpochTurn(needs, pool)]);
  expect(tickets).toEqual([
    { pool, epoch: 1 },
    { pool, epoch: 1 },
  ]);
  const evidence = await awaitEpochTurn(needs, { pool, epoch: 1 });
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: evidence.oldEpochKeyArn }));
  expect(evidence).toMatchObject({ keyState: "PendingDeletion", deletionDate: KeyMetadata?.DeletionDate?.toISOString(), newEpoch: 2 });
  expect(KeyMetadata?.KeyState).toBe("PendingDeletion");
  expect(await wrappedUnder(staying)).toEqual([`${epochKeyOf(pool)} 2`]);
  expect(`${await documents.read(id)}`).toBe("what stays");
  const history = await world.temporal.workflow.getHandle(epochTurnIdOf({ pool, epoch: 1 })).describe();
  expect(history.type).toBe("turnEpoch");
  await expect.poll(async () => (await world.temporal.workflow.getHandle(history.workflowId).describe()).status.name).toBe("COMPLETED");
});

test("keys that do not open and that two operators give up are destroyed as lost and replaced, its owners are told, and the turn goes on", async () => {
  const [losing, leaving] = await Promise.all([onboard("pro"), onboard("starter")]);
  const corrupt = "update keyring.data_keys set wrapped = '\\x01' where tenant_id = $1 and purpose in ('data', 'index')";
  await withConnection(world.ownerUrl("keyring"), (owner) => owner.query(corrupt, [losing.tenantId]));
  const row =
    "insert into control.exports (tenant_id, export_id, requested_by, state, bytes, manifest_sha256, index_name, key_version, ready_at)";
  const under = `${row} values ($1, $2, 'user:usr_x', 'READY', 1, repeat('0', 64), 'i', 1, now())`;
  await withConnection(world.ownerUrl("control"), (owner) => owner.query(under, [losing.tenantId, newId("export")]));
  const needs = epochNeeds(world);
  await destroyDataKeys(needs.keyring, leaving.tenantId);
  const ticket = await requestEpochTurn(needs, pool);
  if (ticket === undefined) throw new Error("the pool has an epoch");
  const auditor = world.pool("control", "auditor");
  const rowOf = async () =>
    (await auditor.query("select unreadable, lost from control.tenant_keys where tenant_id = $1", [losing.tenantId])).rows[0];
  await expect.poll(async () => (await rowOf())?.unreadable, { timeout: 30_000 }).toMatchObject({ ...ticket, versions: [1] });

  const console = world.pool("control", "operator");
  const as = (name: KnownOperator) => ({
    tenantId: losing.tenantId,
    actor: { type: "operator" as const, operatorId: operators[name] },
    requestId: newId("request"),
  });
  const reason = "No backup of the keyring has it";
  const { lossId } = await requestKeyLoss(console, as("olga"), { reason });
  expect(await requestKeyLoss(console, as("olga"), { reason })).toEqual({ lossId, outcome: "repeated" });
  await expect(requestKeyLoss(console, as("ada"), { reason })).rejects.toMatchObject({ code: "CONFLICT", reason: "loss-open" });
  const approve = (name: KnownOperator) => decideKeyLoss(console, as(name), { lossId, decision: "approve", reason });
  const tried = { tenantId: losing.tenantId, purpose: "data", version: 1, slot: "present", wrapped: Buffer.from([1]) } as const;
  const worker = { control: world.pool("control", "worker"), keyring: needs.keyring };
  expect(await giveUpKeys(worker, ticket, [tried])).toBe(0);
  await expect(approve("olga")).rejects.toMatchObject({ reason: "second-operator" });
  await expect(approve("sam")).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect([await approve("ada"), await approve("ada")]).toEqual(["approved", "repeated"]);

  expect(await awaitEpochTurn(needs, ticket)).toMatchObject({ keyState: "PendingDeletion" });
  const left = await listWrappedKeys(needs.keyring, losing.tenantId);
  const next = ticket.epoch + 1;
  const renewed = [`data 2 ${next}`, `index 2 ${next}`, `payload 1 ${next}`];
  expect(left.map(({ purpose, version, epoch }) => `${purpose} ${version} ${epoch}`)).toEqual(renewed);
  const gone = (["data", "index"] as const).map((purpose) => ({ purpose, version: 1 }));
  expect(await listLostKeys(needs.keyring, losing.tenantId)).toMatchObject(gone.map((key) => ({ ...key, ...ticket })));
  expect(await rowOf()).toMatchObject({ unreadable: null, lost: gone.map((key) => ({ ...key, epoch: ticket.epoch })) });
  const exports = await auditor.query("select state from control.exports where tenant_id = $1", [losing.tenantId]);
  expect(exports.rows).toEqual([{ state: "EXPIRED" }]);
  await replaceLostKeys(needs, losing.tenantId);
  expect((await listWrappedKeys(needs.keyring, losing.tenantId)).map(({ wrapped }) => wrapped)).toEqual(left.map(({ wrapped }) => wrapped));
  const documents = documentsOf(world, { ...losing, plan: "pro" });
  expect(`${await documents.read(await documents.store("after.txt", Buffer.from("what is new")))}`).toBe("what is new");
  const mails = "select request_key, template, props from control.mail_requests where tenant_id = $1 and template = 'key-lost'";
  expect((await auditor.query(mails, [losing.tenantId])).rows).toEqual([
    { request_key: `key-lost:${lossId}`, template: "key-lost", props: { purposes: ["data", "index"] } },
  ]);
  const told = await auditor.query(
    "select type, payload from control.outbox where tenant_id = $1 and type like 'tenant.key-%' order by created_at",
    [losing.tenantId],
  );
  expect(told.rows).toEqual([
    { type: "tenant.key-unreadable", payload: { ...ticket, versions: [1] } },
    { type: "tenant.key-lost", payload: { ...ticket, keys: gone } },
  ]);
  const audit = await auditor.query("select action from control.audit where tenant_id = $1 and target = $2 order by created_at, audit_id", [
    losing.tenantId,
    lossId,
  ]);
  expect(audit.rows.map(({ action }) => action)).toEqual(["keys.loss-requested", "keys.loss-approved", "keys.lost"]);
  // The version that values name is never another key's.
  expect(await nextVersion(needs.keyring, losing.tenantId, newId("operation"))).toMatchObject({ version: 3, made: false });
  const again = { version: 1, wrapped: Buffer.from("x"), kmsKeyArn: epochKeyOf(pool), epoch: next };
  await expect(keepDataKey(needs.keyring, losing.tenantId, again)).rejects.toMatchObject({ reason: "version-lost" });
});

test("a turn whose run was ended by other hands is carried on", async () => {
  const needs = epochNeeds(world);
  const denied = await withConnection(world.ownerUrl("keyring"), (owner) =>
    owner.query("revoke update (wrapped) on keyring.data_keys from worker"),
  );
  expect(denied).toBeDefined();
  const ticket = await requestEpochTurn(needs, pool);
  if (ticket === undefined) throw new Error("the pool has an epoch");
  const handle = world.temporal.workflow.getHandle(epochTurnIdOf(ticket));
  await expect
    .poll(
      () =>
        handle.describe().then(
          ({ status }) => status.name,
          () => "NONE",
        ),
      { timeout: 20_000 },
    )
    .toBe("RUNNING");
  await handle.terminate("by other hands");
  await withConnection(world.ownerUrl("keyring"), (owner) => owner.query("grant update (wrapped) on keyring.data_keys to worker"));
  expect(await awaitEpochTurn(needs, ticket)).toMatchObject({ keyState: "PendingDeletion" });
});

test("a tenant that is entitled changes from the shared epoch to its own key, and back to the epoch of that time", async () => {
  const tenant = await onboard("pro");
  const documents = documentsOf(world, { ...tenant, plan: "business" });
  const id = await documents.store("before.txt", Buffer.from("from before"));
  await withConnection(world.ownerUrl("control"), (owner) =>
    owner.query("update control.tenants set plan = 'business' where tenant_id = $1", [tenant.tenantId]),
  );
  const shared = await findEpoch(world.pool("keyring", "worker"), pool, "current");
  const refused = await requestKeys(world, tenant, { action: "change", keyArn: shared?.keyArn ?? "" });
  expect(await awaitKeys(world, tenant, refused)).toMatchObject({
    custody: "platform",
    trial: { problems: [{ subject: "owner" }] },
    operation: { state: "ROLLED_BACK" },
  });
  const keyArn = await createCustomerKey(world, tenant);
  const change = await requestKeys(world, tenant, { action: "change", keyArn });
  expect(await awaitKeys(world, tenant, change)).toMatchObject({ custody: "customer", keyArn, operation: { state: "SUCCEEDED" } });
  expect(await wrappedUnder(tenant)).toEqual([`${keyArn} null`]);
  expect(`${await documents.read(id)}`).toBe("from before");

  const needs = epochNeeds(world);
  const ticket = await requestEpochTurn(needs, pool);
  if (ticket === undefined) throw new Error("the pool has an epoch");
  await awaitEpochTurn(needs, ticket);
  expect(await wrappedUnder(tenant)).toEqual([`${keyArn} null`]);

  const rotation = await requestKeys(world, tenant, { action: "change" });
  expect(await awaitKeys(world, tenant, rotation)).toMatchObject({
    custody: "platform",
    keyArn: epochKeyOf(pool),
    operation: { state: "SUCCEEDED" },
  });
  expect(await wrappedUnder(tenant)).toEqual([`${epochKeyOf(pool)} ${ticket.epoch + 1}`]);
  expect(`${await documents.read(id)}`).toBe("from before");
});
