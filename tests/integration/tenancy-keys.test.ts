import { DisableKeyCommand, EnableKeyCommand } from "@aws-sdk/client-kms";
import { findWrappedKey } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { keepDataKey } from "@leasehold/db/keyring/keep-data-key";
import { newId } from "@leasehold/domain/ids";
import { decryptColumns, encryptColumns } from "@leasehold/tenancy/keys/columns";
import { createDataKeys, type DataKeys } from "@leasehold/tenancy/keys/data-keys";
import { generateWrappedDataKey } from "@leasehold/tenancy/keys/wrapped-key";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;
let tenant: ApplicationTenant;

beforeAll(async () => {
  app = await createApplicationWorld();
  tenant = await app.createTenant();
});
afterAll(() => app?.[Symbol.asyncDispose]());

/** Over soon, and long enough for a busy machine to ask the keyring and KMS within it. */
const shortLeaseMs = 1_000;

function createKeys(leaseMs?: number): { keys: DataKeys; loads: () => number } {
  let loads = 0;
  const keyring = app.world.pool("keyring", "app_tenant");
  const keys = createDataKeys({
    leaseMs,
    loadWrappedKey(tenantId, version) {
      loads += 1;
      return findWrappedKey(keyring, tenantId, version);
    },
    kmsFor: async (scope) => (await app.kit.aws.clientsFor(scope, app.kit.vendor)).kms,
  });
  return { keys, loads: () => loads };
}
const cell = () => ({ table: "documents", column: "name", rowId: newId("document") });

it("unwraps a key once for many uses at once", async () => {
  const { keys, loads } = createKeys();
  const first = await Promise.all(
    Array.from({ length: 100 }, () => keys.use(tenant, [1], (ring) => Buffer.from(ring.key(1)).toString("hex"))),
  );
  expect(new Set(first).size).toBe(1);
  expect(loads()).toBe(1);
});

it("zeroises a key at the end of its lease, and when it closes", async () => {
  const { keys } = createKeys(shortLeaseMs);
  const held = await keys.use(tenant, [1], (ring) => ring.key(1));
  expect(held.every((byte) => byte === 0)).toBe(false);
  await expect.poll(() => held.every((byte) => byte === 0), { timeout: 10_000 }).toBe(true);
  const again = createKeys();
  const next = await again.keys.use(tenant, [1], (ring) => ring.key(1));
  again.keys.close();
  await expect.poll(() => next.every((byte) => byte === 0)).toBe(true);
});

it("opens nothing after its lease once the KMS key is disabled, and opens again when it is enabled", async () => {
  const { keys } = createKeys(shortLeaseMs);
  const place = cell();
  const { sealed } = await encryptColumns(keys, tenant, [{ ...place, text: "name" }]);
  const open = () => decryptColumns(keys, tenant, [{ ...place, sealed: sealed[0] as Buffer }]);
  expect(await open()).toEqual(["name"]);
  await app.kms.send(new DisableKeyCommand({ KeyId: tenant.placement.keyArn }));
  const outcome = () =>
    open().then(
      () => "opened",
      ({ code, reason }: { code?: string; reason?: string }) => `${code} ${reason}`,
    );
  await expect.poll(outcome, { timeout: 10_000 }).toBe("UNAVAILABLE key-unavailable");
  await app.kms.send(new EnableKeyCommand({ KeyId: tenant.placement.keyArn }));
  expect(await open()).toEqual(["name"]);
});

it("writes with the newest version and reads those before it", async () => {
  const own = await app.createTenant();
  const { keys } = createKeys(shortLeaseMs);
  const place = cell();
  const old = await encryptColumns(keys, own, [{ ...place, text: "old" }]);
  const identity = { tenantId: own.tenantId, version: 2, keyArn: own.placement.keyArn };
  const wrapped = await generateWrappedDataKey(app.kms, identity);
  await keepDataKey(app.world.pool("keyring", "worker"), own.tenantId, { version: 2, wrapped, kmsKeyArn: own.placement.keyArn });
  expect(old.keyVersion).toBe(1);
  const seal = () => encryptColumns(keys, own, [{ ...place, text: "new" }]);
  await expect.poll(async () => (await seal()).keyVersion, { timeout: 10_000 }).toBe(2);
  const next = await seal();
  const cells = [...old.sealed, ...next.sealed].map((sealed) => ({ ...place, sealed }));
  expect(await decryptColumns(keys, own, cells)).toEqual(["old", "new"]);
});

it("does not unwrap a key for another tenant, version or purpose", async () => {
  const other = await app.createTenant();
  const stolen = await findWrappedKey(app.world.pool("keyring", "app_tenant"), tenant.tenantId, 1);
  const keyring = app.world.pool("keyring", "worker");
  // Tenant A's wrapped key in the keyring of B, and as another version of A's own.
  for (const [into, version] of [
    [other, 2],
    [tenant, 9],
  ] as const) {
    await keepDataKey(keyring, into.tenantId, { version, wrapped: stolen?.wrapped as Buffer, kmsKeyArn: tenant.placement.keyArn });
    await expect(createKeys().keys.use(into, [version], () => "opened")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      reason: "key-unavailable",
    });
  }
});

it("finds no key of another tenant in the keyring", async () => {
  const { rows } = await app.world.pool("keyring", "app_tenant").query("select * from keyring.data_keys");
  expect(rows).toEqual([]);
  const stranger = { ...tenant, tenantId: newId("tenant") };
  await expect(createKeys().keys.use(stranger, ["newest"], () => "opened")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(createKeys().keys.use(stranger, [1], () => "opened")).rejects.toMatchObject({ name: "UnreadableError" });
});
