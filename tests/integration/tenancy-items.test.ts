import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { STSClient } from "@aws-sdk/client-sts";
import { type PolicyDocument, widenForEmulator } from "@leasehold/infra/local/aws-policies";
import { readTemplate } from "@leasehold/infra/local/templates/read-template";
import { resolveTemplate } from "@leasehold/infra/local/templates/resolve-template";
import { createCredentialVendor } from "@leasehold/tenancy/credentials/vend-credentials";
import { deleteInput, putInput, queryInput, updateInput } from "@leasehold/tenancy/dynamodb/item-inputs";
import { itemKeyOf, partitionOf, sortKeyOf, sortPrefixOf, startKeyOf } from "@leasehold/tenancy/dynamodb/item-keys";
import { createTenantItems } from "@leasehold/tenancy/dynamodb/tenant-items";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

const table = "leasehold-tenants";
const text = (S: string) => ({ S });
const denied = expect.objectContaining({ name: expect.stringMatching(/^AccessDenied/) });
let app: ApplicationWorld;
let tenant: ApplicationTenant;
let other: ApplicationTenant;
let root: DynamoDBClient;
let items: ReturnType<typeof createTenantItems>;
const clientOf = new Map<string, DynamoDBClient>();

/** Vended as in production, but that the emulator fills no dynamodb:LeadingKeys: in its place the simulator has them (tests/isolation). */
async function clientFor(scope: ApplicationTenant): Promise<DynamoDBClient> {
  const sts = new STSClient(app.world.aws("application"));
  sts.middlewareStack.add(
    (next) => (args) => {
      const input = args.input as { Policy?: string };
      input.Policy = JSON.stringify(widenForEmulator(JSON.parse(input.Policy ?? "") as PolicyDocument));
      return next(args);
    },
    { step: "initialize" },
  );
  const found = clientOf.get(scope.tenantId);
  if (found !== undefined) return found;
  const credentials = await createCredentialVendor({ sts, table }).vendTenantCredentials(scope);
  const made = new DynamoDBClient({ ...app.world.aws("application"), credentials });
  clientOf.set(scope.tenantId, made);
  return made;
}

beforeAll(async () => {
  app = await createApplicationWorld();
  [tenant, other] = [await app.createTenant(), await app.createTenant()];
  root = new DynamoDBClient(app.world.aws("root"));
  const place = { account: "000000000000", region: "eu-central-1" };
  const { TenantTable } = resolveTemplate(readTemplate("pool.yaml"), place, { PoolBucketName: "pool", WithTenantTable: "true" });
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = (TenantTable?.properties ?? {}) as never;
  const shape = { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode: "PAY_PER_REQUEST" as const };
  for (const TableName of [table, `${table}-others`]) await root.send(new CreateTableCommand({ TableName, ...shape }));
  items = createTenantItems({ table, clientFor: (scope) => clientFor(scope as ApplicationTenant) });
});
afterAll(async () => {
  for (const TableName of [table, `${table}-others`]) await root?.send(new DeleteTableCommand({ TableName }));
  for (const client of [root, ...clientOf.values()]) client?.destroy();
  await app?.[Symbol.asyncDispose]();
});

test("every index of the template's table has the table's own partition key, and the name that policies go by", () => {
  const place = { account: "000000000000", region: "eu-central-1" };
  const { TenantTable } = resolveTemplate(readTemplate("pool.yaml"), place, { PoolBucketName: "pool", WithTenantTable: "true" });
  const indexes = TenantTable?.properties.GlobalSecondaryIndexes as { IndexName: string; KeySchema: { AttributeName: string }[] }[];
  expect(indexes.length).toBeGreaterThan(0);
  for (const { IndexName, KeySchema } of indexes) {
    expect(IndexName).toMatch(/^tenant-/);
    expect(KeySchema[0]?.AttributeName).toBe("pk");
  }
});

test("an item is written, read, changed, listed and deleted within its tenant", async () => {
  for (const scope of [tenant, other]) {
    await items.put(scope, ["note", "1"], { title: text(`of ${scope.tenantId}`), count: { N: "1" }, updated_at: text("2026-01-01") });
  }
  expect((await items.get(tenant, ["note", "1"]))?.title).toEqual(text(`of ${tenant.tenantId}`));
  const changed = await items.update(tenant, ["note", "1"], { add: { count: "2" }, set: { state: text("open") } });
  expect(changed).toEqual({ count: { N: "3" }, state: text("open") });
  await items.put(tenant, ["note", "2"], { title: text("second"), updated_at: text("2026-01-02") });
  await items.put(tenant, ["notebook", "1"], { title: text("not below note") });
  const page = await items.query(tenant, { below: ["note"], limit: 1 });
  expect(page.items.map(({ sk }) => sk)).toEqual([text("note#1")]);
  const rest = await items.query(tenant, { below: ["note"], cursor: page.cursor ?? "" });
  expect(rest.items.map(({ sk }) => sk)).toEqual([text("note#2")]);
  const byIndex = await items.query(tenant, { index: "tenant-updated", descending: true });
  expect(byIndex.items.map(({ sk }) => sk)).toEqual([text("note#2"), text("note#1")]);
  const where = { attribute: "title", operator: "=", value: text("second") } as const;
  expect((await items.query(tenant, { below: ["note"], where, attributes: ["title"] })).items).toEqual([{ title: text("second") }]);
  await expect(items.put(tenant, ["note", "1"], {}, { attribute: "title", is: "absent" })).rejects.toMatchObject({ code: "CONFLICT" });
  await items.delete(tenant, ["note", "1"]);
  expect(await items.get(tenant, ["note", "1"])).toBeUndefined();
  expect((await items.get(other, ["note", "1"]))?.title).toEqual(text(`of ${other.tenantId}`));
});

test("a cursor of another tenant goes on in one's own partition", async () => {
  for (const scope of [tenant, other])
    for (const name of ["1", "2", "3"]) await items.put(scope, ["page", name], { of: text(scope.tenantId) });
  const theirs = await items.query(other, { below: ["page"], limit: 1 });
  const mine = await items.query(tenant, { below: ["page"], cursor: theirs.cursor ?? "" });
  expect(mine.items.map(({ of }) => of)).toEqual([text(tenant.tenantId), text(tenant.tenantId)]);
  const forged = Buffer.from(JSON.stringify({ pk: text(partitionOf(other.tenantId)), sk: text("page#0") })).toString("base64url");
  expect(startKeyOf(tenant, forged)).toEqual({ pk: text(partitionOf(tenant.tenantId)), sk: text("page#0") });
  for (const broken of ["", "{}", "bm8", Buffer.from('{"sk":{"B":"x"}}').toString("base64url")]) {
    expect(() => startKeyOf(tenant, broken)).toThrow(/cursor/);
  }
});

test("vended credentials are refused a scan, PartiQL, another table and an index that is not keyed by tenant", async () => {
  const client = await clientFor(tenant);
  const Key = itemKeyOf(tenant, ["note", "2"]);
  const key = { ExpressionAttributeNames: { "#k": "pk" }, ExpressionAttributeValues: { ":k": text(partitionOf(tenant.tenantId)) } };
  await client.send(new GetItemCommand({ TableName: table, Key }));
  const refused = [
    client.send(new ScanCommand({ TableName: table })),
    client.send(new ScanCommand({ TableName: table, IndexName: "tenant-updated" })),
    client.send(new ExecuteStatementCommand({ Statement: `SELECT * FROM "${table}" WHERE pk = 'x'` })),
    client.send(new GetItemCommand({ TableName: `${table}-others`, Key })),
    client.send(new PutItemCommand({ TableName: `${table}-others`, Item: Key })),
    client.send(new QueryCommand({ TableName: table, IndexName: "by-address", KeyConditionExpression: "#k = :k", ...key })),
    client.send(
      new QueryCommand({
        TableName: table,
        IndexName: "tenant-updated",
        Select: "ALL_ATTRIBUTES",
        KeyConditionExpression: "#k = :k",
        ...key,
      }),
    ),
    client.send(new BatchWriteItemCommand({ RequestItems: { [`${table}-others`]: [{ PutRequest: { Item: Key } }] } })),
    client.send(new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName: `${table}-others`, Key } }] })),
    client.send(new DeleteTableCommand({ TableName: table })),
  ];
  for (const outcome of await Promise.allSettled(refused)) expect(outcome).toEqual({ status: "rejected", reason: denied });
});

test("no name, value or path leaves the tenant or the expression", () => {
  const hostile = ["#", "%23", "a#b", "TENANT#x", "x) OR attribute_exists(pk", ":v0 OR #n0 = :v0"];
  for (const part of hostile) {
    expect(sortKeyOf(["note", part]).split("#")).toHaveLength(2);
    expect(queryInput(table, tenant, { below: [part] }).KeyConditionExpression).toBe("#n0 = :v0 AND begins_with(#n1, :v1)");
    const condition = { attribute: part, operator: "=", value: text(part) } as const;
    expect(deleteInput(table, tenant, ["x"], condition).ConditionExpression).toBe("#n0 = :v0");
  }
  expect(sortPrefixOf(["a"]).startsWith(sortKeyOf(["ab"]))).toBe(false);
  expect(
    new Set([
      sortKeyOf(["a#", "b"]),
      sortKeyOf(["a", "#b"]),
      sortKeyOf(["a%23", "b"]),
      sortKeyOf(["a", "", "b"].filter(Boolean) as [string]),
    ]).size,
  ).toBe(4);
  expect(() => sortKeyOf(["a", ""])).toThrow(/empty/);
  for (const name of ["pk", "sk"]) {
    expect(() => putInput(table, tenant, ["x"], { [name]: text("TENANT#x") })).toThrow(/alone/);
    expect(() => updateInput(table, tenant, ["x"], { set: { [name]: text("TENANT#x") } })).toThrow(/alone/);
    expect(() => queryInput(table, tenant, { where: { attribute: name, is: "present" } })).toThrow(/alone/);
  }
  expect(() => queryInput(table, tenant, { index: "by-address" })).toThrow(/not keyed by tenant/);
  expect(() => deleteInput(table, tenant, ["x"], { attribute: "a", operator: "= :v0 OR" as "=", value: text("b") })).toThrow(/operator/);
});
