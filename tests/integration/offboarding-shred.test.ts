import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { turnEpochActivities } from "@leasehold/activities/keys/turn-epoch";
import type { ShreddingActivities } from "@leasehold/activities/offboarding/create-shredding-activities";
import { decideKeyLoss } from "@leasehold/db/control/keys/losses/decide-key-loss";
import { requestKeyLoss } from "@leasehold/db/control/keys/losses/request-key-loss";
import { placeLegalHold, releaseLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { onlyPool } from "@leasehold/domain/keys/epochs";
import { claimsOf } from "@leasehold/domain/offboarding/certificate-claims";
import type { OffboardingStep } from "@leasehold/domain/offboarding/steps";
import { storesOf } from "@leasehold/domain/offboarding/stores";
import { evidenceSchema } from "@leasehold/tenancy/certificates/certificate-schema";
import { partitionOf } from "@leasehold/tenancy/dynamodb/item-keys";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ClosingTenant, createShreddingWorld, type ShreddingWorld } from "../support/offboarding/shredding-world.ts";
import { operators } from "../support/operators.ts";

let shredding: ShreddingWorld;

beforeAll(async () => {
  // The table of items has one name, which another file's has as well.
  shredding = await createShreddingWorld({ ownServers: true });
});
afterAll(() => shredding?.[Symbol.asyncDispose]());

/** Steps behind the point of no return that are ours, in order. */
const steps: [OffboardingStep, keyof ShreddingActivities][] = [
  ["destroy-keys", "destroyKeys"],
  ["wait-leases", "confirmLeases"],
  ["delete-objects", "deleteObjects"],
  ["delete-rows", "deleteRows"],
  ["delete-stack", "deleteStack"],
  ["delete-identities", "deleteIdentities"],
  ["verify", "verifyShredded"],
];

async function shredWhole(tenant: ClosingTenant, twice = false): Promise<void> {
  for (const [step, name] of steps) {
    if (step === "wait-leases") await shredding.earlier(tenant, "destroy-keys", 32);
    await shredding.run(name, tenant);
    if (!twice) continue;
    const once = await shredding.stores(tenant);
    await shredding.forget(tenant, step);
    await shredding.run(name, tenant, { attempt: 2 });
    const again = await shredding.stores(tenant);
    const counts = (stores: typeof once) =>
      Object.entries(stores).flatMap(([store, { disposition, before, after }]) => (disposition === "kept" ? [] : [[store, before, after]]));
    expect(counts(again), step).toEqual(counts(once));
    if (step === "destroy-keys") await shredding.earlier(tenant, "destroy-keys", 32);
  }
}

test("refuses every step before the point of no return, whoever calls it, and destroys nothing", async () => {
  const tenant = await shredding.beginClosing(await shredding.onboard("business"));
  const names = [...steps.map(([, name]) => name), "closeTenant" as const];
  for (const name of names)
    await expect(shredding.run(name, tenant), name).rejects.toMatchObject({ type: "PRECONDITION_FAILED", nonRetryable: true });
  await expect(shredding.run("lookAtFinality", tenant)).rejects.toMatchObject({ type: "PRECONDITION_FAILED" });
  const keys = await shredding.owner("keyring", "select purpose from keyring.data_keys where tenant_id = $1", [tenant.tenantId]);
  expect(keys.length).toBe(3);
  expect(await shredding.evidence(tenant)).toEqual([]);
  expect(await tenant.documents.objectCount()).toBe(1);
});

test("shreds no key under a legal hold, even where the catalog says that the tenant is past it", async () => {
  const tenant = await shredding.beginClosing(await shredding.onboard("business"));
  const operator = {
    tenantId: tenant.tenantId,
    actor: { type: "operator", operatorId: operators.ada } as const,
    requestId: newId("request"),
  };
  await placeLegalHold(shredding.world.pool("control", "operator"), operator, { caseNumber: "Case 1", reason: "A court asked" });
  await expect(shredding.run("destroyKeys", tenant)).rejects.toMatchObject({ type: "PRECONDITION_FAILED", details: ["legal-hold"] });
  await shredding.owner("control", "alter table control.tenants disable trigger guard");
  try {
    await shredding.owner("control", "update control.tenants set state = 'SHREDDING', current_operation = $2 where tenant_id = $1", [
      tenant.tenantId,
      tenant.operationId,
    ]);
    await shredding.owner("control", "update control.offboardings set shredding_at = now(), pseudonym = $2 where tenant_id = $1", [
      tenant.tenantId,
      newId("pseudonym"),
    ]);
    await expect(shredding.run("destroyKeys", tenant)).rejects.toMatchObject({ type: "PRECONDITION_FAILED", details: ["legal-hold"] });
  } finally {
    await shredding.owner("control", "alter table control.tenants enable trigger guard");
  }
  expect(await shredding.owner("keyring", "select from keyring.data_keys where tenant_id = $1", [tenant.tenantId])).toHaveLength(3);
});

test("a tenant with a key of its own is shredded, each step twice: counted before, found empty after, its key waiting for its end", async () => {
  const tenant = await shredding.letGo("business");
  const removed = newId("user");
  await shredding.owner("control", "insert into identity.users (id, name, email) values ($1, 'Bob', $2)", [
    removed,
    `${removed.toLowerCase()}@left.example`,
  ]);
  await shredding.owner(
    "control",
    "insert into control.audit (tenant_id, audit_id, actor, action, target, request_id) values ($1, $2, $3, 'member.removed', $4, 'r')",
    [tenant.tenantId, newId("audit"), `user:${tenant.userId}`, removed],
  );
  await shredWhole(tenant, true);
  expect(await shredding.owner("control", "select from identity.users where id = any ($1)", [[removed, tenant.userId]])).toEqual([]);
  const found = await shredding.stores(tenant);
  for (const { store, disposition } of [...storesOf("delete-objects"), ...storesOf("delete-rows"), ...storesOf("delete-identities")])
    if (disposition === "deleted") expect(found[store], store).toMatchObject({ after: 0, disposition: "deleted" });
  expect(found["keyring.data_keys"]).toMatchObject({ before: 3, after: 0 });
  expect(found["app.documents"]).toMatchObject({ before: 1, after: 0 });
  expect(found["app.folders"]).toMatchObject({ before: 1, after: 0 });
  // Its owner, and somebody who was removed before and belongs nowhere else.
  expect(found.identities).toMatchObject({ before: 2, after: 0 });
  expect(found.objects?.before).toBeGreaterThan(0);
  const [key, ...others] = await shredding.keys(tenant);
  expect(others).toEqual([]);
  expect(key).toMatchObject({ model: "dedicated", wrappedBefore: 3, wrappedAfter: 0, state: "PendingDeletion" });
  const { KeyMetadata } = await shredding.clients.kms.send(new DescribeKeyCommand({ KeyId: key?.keyArn ?? "" }));
  expect(KeyMetadata?.DeletionDate?.toISOString()).toBe(key?.deletionDate);
  const canaries = (await shredding.evidence(tenant)).filter((one) => one.type === "canary");
  expect(canaries.map(({ store, planted, readableAfter }) => [store, planted, readableAfter])).toEqual([
    ["keyring", 1, 0],
    ["kms", 1, 0],
  ]);
});

test("items of the tenant's partition go, others stay; who belongs to another workspace keeps the account", async () => {
  const { world } = shredding;
  const [tenant, other] = [await shredding.letGo("business"), await shredding.onboard("business")];
  await shredding.owner("control", "insert into control.members (tenant_id, user_id, role) values ($1, $2, 'member')", [
    other.tenantId,
    tenant.userId,
  ]);
  const root = new DynamoDBClient(world.aws("root"));
  const TableName = "leasehold-tenants";
  await root.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
    }),
  );
  const put = (tenantId: TenantId, n: number) =>
    root.send(new PutItemCommand({ TableName, Item: { pk: { S: partitionOf(tenantId) }, sk: { S: `note#${n}` }, content: { S: "x" } } }));
  for (let n = 0; n < 130; n++) await put(tenant.tenantId, n);
  await put(other.tenantId, 0);
  const activities = shredding.activitiesWith({ tenantTable: TableName });
  for (const [step, name] of steps) {
    if (step === "wait-leases") await shredding.earlier(tenant, "destroy-keys", 32);
    await shredding.run(name, tenant, { activities });
  }
  const found = await shredding.stores(tenant);
  expect(found.items).toMatchObject({ before: 130, after: 0 });
  const { Count } = await root.send(new ScanCommand({ TableName }));
  expect(Count).toBe(1);
  expect(found.identities).toMatchObject({ before: 0, after: 0 });
  expect(await world.pool("control", "identity").query("select from identity.users where id = $1", [tenant.userId])).toMatchObject({
    rowCount: 1,
  });
});

test("a key that was given up before its tenant closes is named in the evidence, and that epoch's end is awaited as well", async () => {
  const open = await shredding.onboard("pro");
  await shredding.owner("keyring", "update keyring.data_keys set wrapped = '\\x01' where tenant_id = $1 and purpose = 'data'", [
    open.tenantId,
  ]);
  const epoch = { pool: onlyPool, epoch: (await findEpoch(shredding.clients.keyring, onlyPool, "current"))?.epoch ?? 0 };
  const { beginEpochTurn, rewrapEpoch, endEpochTurn } = turnEpochActivities(shredding.clients);
  const run = <T>(what: (ref: typeof epoch) => Promise<T>, ref = epoch) =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger("ERROR", () => undefined) }).run(what as () => Promise<T>, ref);
  await run(beginEpochTurn);
  expect(await run(rewrapEpoch)).toMatchObject({ outcome: "held" });
  const operatorsOf = shredding.world.pool("control", "operator");
  const as = (operatorId: string) => ({ tenantId: open.tenantId, actor: { type: "operator" as const, operatorId }, requestId: "req_x" });
  const { lossId } = await requestKeyLoss(operatorsOf, as(operators.olga), { reason: "No copy is left" });
  const approve = () => decideKeyLoss(operatorsOf, as(operators.ada), { lossId, decision: "approve", reason: "Agreed" });
  // Under a legal hold nothing is destroyed; what was agreed to before one waits for its end.
  const hold = { caseNumber: "2026/9", reason: "Asked for by a court" };
  const { holdId } = await placeLegalHold(operatorsOf, as(operators.sid), hold);
  await expect(approve()).rejects.toMatchObject({ reason: "legal-hold" });
  await releaseLegalHold(operatorsOf, as(operators.sid), { holdId, reason: "Over" });
  expect(await approve()).toBe("approved");
  const later = await placeLegalHold(operatorsOf, as(operators.sid), hold);
  await run(beginEpochTurn);
  expect(await run(rewrapEpoch)).toMatchObject({ outcome: "held" });
  await releaseLegalHold(operatorsOf, as(operators.sid), { holdId: later.holdId, reason: "Over" });
  await run(beginEpochTurn);
  expect(await run(rewrapEpoch)).toMatchObject({ outcome: "retired" });

  // No dispatcher runs that would have carried it out.
  await shredding.owner("control", "update control.commands set state = 'DISPATCHED' where tenant_id = $1 and kind = 'give-up-keys'", [
    open.tenantId,
  ]);
  const tenant = await shredding.beginClosing(open);
  await shredding.endHold(tenant);
  for (const [step, name] of steps.slice(0, -1)) {
    if (step === "wait-leases") await shredding.earlier(tenant, "destroy-keys", 32);
    await shredding.run(name, tenant);
  }
  const keys = await shredding.keys(tenant);
  const lost = [{ purpose: "data", version: 1, lostAt: expect.stringMatching(/^\d{4}-.*Z$/) }];
  expect(keys.find((key) => key.epoch === epoch.epoch)).toMatchObject({ model: "shared-epoch", wrappedBefore: 0, wrappedAfter: 0, lost });
  const last = keys.find((key) => key.epoch !== epoch.epoch)?.epoch ?? 0;
  expect(keys.find((key) => key.epoch === last)).toMatchObject({ wrappedBefore: 3, wrappedAfter: 0 });
  expect((await shredding.stores(tenant))["keyring.lost_keys"]).toMatchObject({ before: 1, after: 0 });
  const next = { pool: onlyPool, epoch: last };
  await run(beginEpochTurn, next);
  await run(rewrapEpoch, next);
  await run(endEpochTurn, next);
  await expect(shredding.run("verifyShredded", tenant)).rejects.toMatchObject({ details: ["epoch-not-turned"] });
  await run(endEpochTurn);
  await shredding.run("verifyShredded", tenant);
  const evidence = (await shredding.evidence(tenant)).map((one) => evidenceSchema.parse(one));
  const certified = evidence.filter((one) => one.type === "key");
  expect(certified.find((key) => key.epoch === epoch.epoch)).toMatchObject({ lost, state: "PendingDeletion" });
  const bare = {
    kind: "closure",
    hold: null,
    closure: null,
    previousHash: null,
    finality: { state: "scheduled" },
    stores: [],
    canaries: [],
    copies: [],
    notChecked: [],
  };
  const says = claimsOf({ ...bare, keys: certified } as never).doesNotProve;
  expect(says.some((claim) => claim.includes("listed as lost"))).toBe(true);
});
