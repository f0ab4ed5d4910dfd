import { KMSClient } from "@aws-sdk/client-kms";
import { cutOffTenantKey, restoreTenantKey } from "@leasehold/activities/keys/cut-off-tenant-key";
import { ensureEpoch } from "@leasehold/activities/keys/ensure-epoch";
import { nextNight, requestEpochTurn } from "@leasehold/activities/keys/request-epoch-turn";
import { rewrapEpoch } from "@leasehold/activities/keys/rewrap-epoch";
import { withConnection } from "@leasehold/db/client";
import { findWrappedKey, type WrappedKeyRow } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import { readEndedTurn } from "@leasehold/db/keyring/epochs/read-turn";
import { listDueTurns } from "@leasehold/db/keyring/epochs/want-turn";
import { newId } from "@leasehold/domain/ids";
import { epochKeyOf, onlyPool as pool } from "@leasehold/domain/keys/epochs";
import { openBranchKey } from "@leasehold/tenancy/keys/branch-key";
import { createOwnBranchLeases } from "@leasehold/tenancy/keys/branch-leases";
import { decryptColumns, encryptColumns } from "@leasehold/tenancy/keys/columns";
import type { WrappedKey } from "@leasehold/tenancy/keys/data-keys";
import { unwrapTenantKey, wrapFreshKeys } from "@leasehold/tenancy/keys/tenant-key-models";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";
import { cell, epochTools, keyOf, never, unavailable } from "../support/epoch-tools.ts";
import { epochNeeds } from "../support/open-epoch.ts";

let app: ApplicationWorld;
let mine: ApplicationTenant;
let theirs: ApplicationTenant;
const { worker, tenants, kmsFor, keysOver, freshKeys, currentEpoch, begin, rewrap, end, turn, listEpochKeys } = epochTools(() => app);
beforeAll(async () => {
  app = await createApplicationWorld();
  const needs = epochNeeds(app.world);
  await Promise.all(Array.from({ length: 12 }, () => ensureEpoch(needs, pool)));
  expect(await listEpochKeys()).toEqual([(await findEpoch(worker(), pool, "current"))?.keyArn]);
  [mine, theirs] = [await app.createTenant({ sharedEpoch: true }), await app.createTenant({ sharedEpoch: true })];
});
afterAll(() => app?.[Symbol.asyncDispose]());

test("both keys of a tenant open with its own credentials, and what is sealed is read again", async () => {
  const place = cell();
  const { sealed } = await encryptColumns(app.kit.keys, mine, [{ ...place, text: "name" }]);
  expect(await decryptColumns(freshKeys(), mine, [{ ...place, sealed: sealed[0] as Buffer }])).toEqual(["name"]);
  expect(await keyOf(app.kit.keys, mine, "index")).not.toBe(await keyOf(app.kit.keys, mine));
  expect(await keyOf(app.kit.keys, theirs)).not.toBe(await keyOf(app.kit.keys, mine));
  await app.kit.keys.check(mine);
  const client = await app.as(mine);
  await client.trpc.documents.createFolder.mutate({ name: "Contracts" });
  expect((await client.trpc.documents.list.query({})).folders.map(({ name }) => name)).toEqual(["Contracts"]);
});

test("another tenant's wrapped key opens for nobody else, in no version, for no other purpose and under no other epoch", async () => {
  const [data, index, foreign] = [
    (await findWrappedKey(tenants(), mine.tenantId, 1)) as WrappedKeyRow,
    (await findWrappedKey(tenants(), mine.tenantId, "index")) as WrappedKeyRow,
    (await findWrappedKey(tenants(), theirs.tenantId, 1)) as WrappedKeyRow,
  ];
  const opened = (stored: WrappedKey) =>
    keyOf(
      keysOver(async () => stored),
      mine,
      1,
    );
  expect(await opened(data)).toBe(await keyOf(app.kit.keys, mine));
  const branch = data.branch ?? { pool, epoch: 0, wrapped: null, keyArn: "" };
  const attacks: [string, WrappedKey][] = [
    ["another tenant's", foreign],
    ["another version", { ...data, version: 2 }],
    ["as the index key", { ...data, sealedAs: "index" }],
    ["the index key as a data key", { ...index, sealedAs: "data" }],
    ["as of another epoch", { ...data, branch: { ...branch, epoch: branch.epoch + 1 } }],
    ["as of another pool", { ...data, branch: { ...branch, pool: "elsewhere" } }],
    ["without its branch key", { ...data, branch: null }],
    ["with a destroyed branch key", { ...data, branch: { ...branch, wrapped: null } }],
    ["as one that KMS wraps", { ...data, keyArn: branch.keyArn, branch: null }],
    ["cut", { ...data, wrapped: data.wrapped.subarray(0, 40) }],
  ];
  for (const [what, stored] of attacks) await expect(opened(stored), what).rejects.toMatchObject(unavailable);
});

test("nobody but the tenants' role and the worker opens a branch key, and that only as its pool's and epoch's", async () => {
  const branch = (await findEpoch(worker(), pool, "current")) ?? { pool, epoch: 0, wrapped: null, keyArn: "" };
  const session = { ...mine, branchKeyArn: branch.keyArn };
  expect((await openBranchKey(await kmsFor(session), branch)).length).toBe(32);
  for (const other of [{ pool: "elsewhere" }, { epoch: branch.epoch + 1 }])
    await expect(openBranchKey(await kmsFor(session), { ...branch, ...other })).rejects.toThrow();
  await expect(openBranchKey(await kmsFor(mine), branch)).rejects.toMatchObject({ name: /AccessDenied/ });
  await expect(openBranchKey(new KMSClient(app.world.aws("application")), branch)).rejects.toMatchObject({ name: /AccessDenied/ });
});

test("a lease on a branch key ends as that on a data key, and both are zeros then", async () => {
  const keys = freshKeys(200);
  const held = await keys.use(mine, ["newest"], (ring) => ring.key("newest"));
  await expect.poll(() => held.every((byte) => byte === 0), { timeout: 2_000 }).toBe(true);
  expect(await keyOf(keys, mine)).toBe(await keyOf(app.kit.keys, mine));
  keys.close();
});

test("the worker opens a branch key once for all who wrap and open by it, and holds zeros once it is closed", async () => {
  const kms = new KMSClient(app.world.aws("worker"));
  let asked = 0;
  kms.middlewareStack.add(
    (next) => (args) => {
      asked += 1;
      return next(args);
    },
    { step: "initialize" },
  );
  const branchKeys = createOwnBranchLeases(kms);
  const needs = { keyring: worker(), kms, branchKeys };
  const wanted = [{ purpose: "data" as const, version: 7 }];
  const wrapped = await Promise.all(
    Array.from({ length: 10 }, () => wrapFreshKeys(needs, { tenantId: mine.tenantId, keyArn: epochKeyOf(pool) }, wanted)),
  );
  expect(asked).toBe(1);
  const branch = await findEpoch(worker(), pool, "current");
  if (branch === undefined) throw new Error("the pool has no epoch");
  const opened = await Promise.all(
    wrapped
      .flat()
      .map(({ wrapped: bytes, kmsKeyArn: keyArn }) =>
        unwrapTenantKey(needs, mine.tenantId, { version: 7, keyArn, wrapped: bytes, branch, sealedAs: "data" }),
      ),
  );
  expect(new Set(opened.map((key) => key.toString("hex"))).size).toBe(10);
  expect(asked).toBe(1);
  const held = await branchKeys.use(branch, (key) => key);
  branchKeys.close();
  await expect.poll(() => held.every((byte) => byte === 0)).toBe(true);
  await branchKeys.use(branch, () => undefined);
  expect(asked).toBe(2);
  branchKeys.close();
  kms.destroy();
});

test("the application plane's login sees its tenant's rows alone, also while a pool turns, and changes nothing of an epoch", async () => {
  const ref = await currentEpoch();
  await begin(ref);
  const client = await tenants().connect();
  const outcome = (text: string, values: unknown[] = []) =>
    client.query(text, values).then(
      ({ rowCount }) => rowCount,
      (error: { code?: string }) => error.code,
    );
  try {
    await client.query("begin");
    await client.query("select keyring.enter_pool($1)", [pool]);
    expect(await outcome("select version from keyring.data_keys")).toBe(0);
    expect(await outcome("select epoch, branch_key from keyring.epochs")).toBe(2);
    await client.query("rollback");
    for (const statement of [
      "update keyring.epochs set state = 'RETIRED'",
      "delete from keyring.epochs",
      "insert into keyring.epochs (pool, epoch, kms_key_arn) values ('other', 1, 'k')",
      "update keyring.data_keys set epoch = 1",
      "select created_at from keyring.epochs",
      "select keyring.turning_key()",
    ])
      expect(await outcome(statement), statement).toBe("42501");
  } finally {
    client.release();
  }
  await withConnection(app.world.ownerUrl("keyring"), async (owner) => {
    await owner.query("revoke update on keyring.data_keys from worker");
    await owner.query("revoke update (wrapped, epoch) on keyring.data_keys from worker");
  });
  await expect(rewrap(ref)).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect((await findEpoch(worker(), pool, ref.epoch))?.wrapped).not.toBeNull();
  await withConnection(app.world.ownerUrl("keyring"), (owner) =>
    owner.query(
      `grant update (wrapped, kms_key_arn, customer_managed, previous_wrapped, previous_kms_key_arn, previous_customer_managed, epoch, previous_epoch, withheld_at)
       on keyring.data_keys to worker`,
    ),
  );
  await rewrap(ref);
  await end(ref);
});

test("turns that are wanted before one begins are one turn; what is destroyed after it began waits for the next", async () => {
  const needs = epochNeeds(app.world);
  const ref = await currentEpoch();
  expect(await Promise.all([1, 2, 3].map(() => requestEpochTurn(needs, pool)))).toEqual([ref, ref, ref]);
  expect(await listDueTurns(worker(), new Date())).toEqual([ref]);
  await begin(ref);
  const next = { pool, epoch: ref.epoch + 1 };
  expect(await requestEpochTurn(needs, pool)).toEqual(next);
  expect(await listDueTurns(worker(), new Date())).toEqual([ref]);
  await expect(begin(next)).rejects.toMatchObject({ code: "CONFLICT" });
  await rewrapEpoch(needs, ref, never);
  expect(await readEndedTurn(worker(), ref)).toBeUndefined();
  expect(await listDueTurns(worker(), new Date())).toEqual([ref]);
  await end(ref);
  expect(await listDueTurns(worker(), new Date())).toEqual([next]);
  expect(await requestEpochTurn(needs, "another-pool")).toBeUndefined();
});

test("a turn by night is due at two in the morning, and at once when somebody cannot wait", async () => {
  expect(nextNight(new Date("2026-11-21T01:59:59Z")).toISOString()).toBe("2026-11-21T02:00:00.000Z");
  expect(nextNight(new Date("2026-11-21T02:00:00Z")).toISOString()).toBe("2026-11-22T02:00:00.000Z");
  await turn();
  const [needs, ref] = [epochNeeds(app.world), await currentEpoch()];
  const evening = new Date("2099-11-21T20:00:00Z");
  await requestEpochTurn({ ...needs, epochTurns: "nightly" }, pool, evening);
  expect(await listDueTurns(worker(), evening)).toEqual([]);
  expect(await listDueTurns(worker(), new Date("2099-11-22T02:00:00Z"))).toEqual([ref]);
  await requestEpochTurn(needs, pool, evening);
  expect(await listDueTurns(worker(), evening)).toEqual([ref]);
});

test("a suspension keeps the application plane from one tenant's keys, through a turn, and from nobody else's", async () => {
  const needs = { kms: epochNeeds(app.world).kms, keyring: worker() };
  const [before, ref] = [await keyOf(freshKeys(), mine), { tenantId: mine.tenantId, keyArn: mine.placement.keyArn }];
  for (const _again of [1, 2]) expect(await cutOffTenantKey(needs, ref)).toBe("cut-off");
  await turn();
  await expect(keyOf(freshKeys(), mine)).rejects.toMatchObject(unavailable);
  await expect(keyOf(freshKeys(), mine, "index")).rejects.toMatchObject(unavailable);
  await keyOf(freshKeys(), theirs);
  for (const _again of [1, 2]) await restoreTenantKey(needs, ref);
  expect(await keyOf(freshKeys(), mine)).toBe(before);
  const gone = { tenantId: newId("tenant"), keyArn: mine.placement.keyArn };
  expect(await cutOffTenantKey(needs, gone)).toBe("retired");
  await expect(restoreTenantKey(needs, gone)).rejects.toMatchObject({ reason: "key-retired" });
});
