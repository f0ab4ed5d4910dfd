import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import type { ShreddingActivities } from "@leasehold/activities/offboarding/create-shredding-activities";
import { placeLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { newId, type TenantId } from "@leasehold/domain/ids";
import type { OffboardingStep } from "@leasehold/domain/offboarding/steps";
import { storesOf } from "@leasehold/domain/offboarding/stores";
import { partitionOf } from "@leasehold/tenancy/dynamodb/item-keys";
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
  await shredWhole(tenant, true);
  const found = await shredding.stores(tenant);
  for (const { store, disposition } of [...storesOf("delete-objects"), ...storesOf("delete-rows"), ...storesOf("delete-identities")])
    if (disposition === "deleted") expect(found[store], store).toMatchObject({ after: 0, disposition: "deleted" });
  expect(found["keyring.data_keys"]).toMatchObject({ before: 3, after: 0 });
  expect(found["app.documents"]).toMatchObject({ before: 1, after: 0 });
  expect(found["app.folders"]).toMatchObject({ before: 1, after: 0 });
  expect(found.identities).toMatchObject({ before: 1, after: 0 });
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
