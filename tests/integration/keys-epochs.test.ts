import { DescribeKeyCommand, KMSClient, paginateListAliases } from "@aws-sdk/client-kms";
import { cutOffTenantKey, restoreTenantKey } from "@leasehold/activities/keys/cut-off-tenant-key";
import { ensureEpoch } from "@leasehold/activities/keys/ensure-epoch";
import { endEpochKey, makeBranchKey } from "@leasehold/activities/keys/epoch-keys";
import { nextNight, requestEpochTurn } from "@leasehold/activities/keys/request-epoch-turn";
import { rewrapEpoch } from "@leasehold/activities/keys/rewrap-epoch";
import { withConnection } from "@leasehold/db/client";
import { addDataKey, nextVersion } from "@leasehold/db/keyring/data-keys/add-data-key";
import { findWrappedKey, type KeyVersion, listWrappedKeys, type WrappedKeyRow } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { retireDataKeys } from "@leasehold/db/keyring/data-keys/retire-data-keys";
import { forgetPreviousKeys, restoreKeys, rewrapKeys } from "@leasehold/db/keyring/data-keys/rewrap-keys";
import { noteEpochKey, retireEpoch } from "@leasehold/db/keyring/epochs/end-turn";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import { type EpochRef, listLeftKeys, moveKeys } from "@leasehold/db/keyring/epochs/move-keys";
import { beginTurn, readEnvironment } from "@leasehold/db/keyring/epochs/open-epoch";
import { readEndedTurn } from "@leasehold/db/keyring/epochs/read-turn";
import { listDueTurns } from "@leasehold/db/keyring/epochs/want-turn";
import { destroyDataKeys, keepDataKey } from "@leasehold/db/keyring/keep-data-key";
import { newId } from "@leasehold/domain/ids";
import { epochKeyOf, onlyPool as pool } from "@leasehold/domain/keys/epochs";
import { openBranchKey } from "@leasehold/tenancy/keys/branch-key";
import { decryptColumns, encryptColumns } from "@leasehold/tenancy/keys/columns";
import { createDataKeys, type DataKeys, type WrappedKey } from "@leasehold/tenancy/keys/data-keys";
import { wrapFreshKeys } from "@leasehold/tenancy/keys/tenant-key-models";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";
import { epochNeeds } from "../support/open-epoch.ts";

let app: ApplicationWorld;
let mine: ApplicationTenant;
let theirs: ApplicationTenant;
beforeAll(async () => {
  app = await createApplicationWorld();
  const needs = epochNeeds(app.world);
  await Promise.all(Array.from({ length: 12 }, () => ensureEpoch(needs, pool)));
  const found = await findEpoch(worker(), pool, "current");
  expect(await epochKeysOf(await readEnvironment(worker()))).toEqual([found?.keyArn]);
  [mine, theirs] = [await app.createTenant({ sharedEpoch: true }), await app.createTenant({ sharedEpoch: true })];
});
afterAll(() => app?.[Symbol.asyncDispose]());

const worker = () => app.world.pool("keyring", "worker");
const tenants = () => app.world.pool("keyring", "app_tenant");
const cell = () => ({ table: "documents", column: "name", rowId: newId("document") });
const kmsFor = async (scope: Parameters<typeof app.kit.vendor.vendTenantCredentials>[0]) =>
  (await app.kit.aws.clientsFor(scope, app.kit.vendor)).kms;
const unavailable = { code: "UNAVAILABLE", reason: "key-unavailable" };
const never = { signal: new AbortController().signal, onProgress: () => undefined };

function keysOver(load: (tenantId: string, version: KeyVersion) => Promise<WrappedKey | undefined>, leaseMs = 30_000): DataKeys {
  return createDataKeys({ loadWrappedKey: load, kmsFor, leaseMs });
}
/** As a process that has just begun: nothing is held. */
const freshKeys = (leaseMs?: number) => keysOver((tenantId, version) => findWrappedKey(tenants(), tenantId, version), leaseMs);
const keyOf = (keys: DataKeys, of: ApplicationTenant, version: KeyVersion = "newest") =>
  keys.use(of, [version], (ring) => ring.key(version).toString("hex"));

/** The KMS keys that are named as this keyring's, asked of KMS: other worlds have theirs in the same emulator. */
async function epochKeysOf(environment: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client: app.kms }, {})) {
    for (const { AliasName = "", TargetKeyId } of Aliases) {
      if (!AliasName.includes(`/epoch/${environment}/`)) continue;
      const { KeyMetadata } = await app.kms.send(new DescribeKeyCommand({ KeyId: TargetKeyId }));
      found.push(KeyMetadata?.Arn ?? "");
    }
  }
  return found;
}
const currentEpoch = async (): Promise<EpochRef> => ({ pool, epoch: (await findEpoch(worker(), pool, "current"))?.epoch ?? 0 });

const begin = (ref: EpochRef) =>
  beginTurn(worker(), ref, (epoch, environment) => makeBranchKey(epochNeeds(app.world), { pool, epoch }, environment));
async function end(ref: EpochRef): Promise<void> {
  const needs = epochNeeds(app.world);
  const keyArn = (await findEpoch(worker(), pool, ref.epoch))?.keyArn ?? "";
  await noteEpochKey(worker(), ref, await endEpochKey(needs, { ...ref, keyArn }, needs.keyDeletionDays));
}
/** What the workflow does. */
async function turn(): Promise<EpochRef> {
  const ref = await currentEpoch();
  await begin(ref);
  await rewrapEpoch(epochNeeds(app.world), ref, never);
  await end(ref);
  return ref;
}

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
  await expect(rewrapEpoch(epochNeeds(app.world), ref, never)).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect((await findEpoch(worker(), pool, ref.epoch))?.wrapped).not.toBeNull();
  await withConnection(app.world.ownerUrl("keyring"), (owner) =>
    owner.query(
      `grant update (wrapped, kms_key_arn, customer_managed, previous_wrapped, previous_kms_key_arn, previous_customer_managed, epoch, previous_epoch, withheld_at)
       on keyring.data_keys to worker`,
    ),
  );
  await rewrapEpoch(epochNeeds(app.world), ref, never);
  await end(ref);
});

test("a turn leaves every data key as it was, and a copy of the keyring from before it opens nothing", async () => {
  const place = cell();
  const [before, index] = [await keyOf(freshKeys(), mine), await keyOf(freshKeys(), mine, "index")];
  const { sealed } = await encryptColumns(freshKeys(), mine, [{ ...place, text: "from before" }]);
  const copy = new Map<KeyVersion, WrappedKeyRow | undefined>();
  for (const version of [1, "newest", "index"] as const) copy.set(version, await findWrappedKey(tenants(), mine.tenantId, version));
  const fromCopy = () => keysOver(async (_tenant, version) => copy.get(version));
  expect(await keyOf(fromCopy(), mine)).toBe(before);

  const turned = await turn();
  expect([await keyOf(freshKeys(), mine), await keyOf(freshKeys(), mine, "index")]).toEqual([before, index]);
  // Rows of the application database as they were before the turn.
  expect(await decryptColumns(freshKeys(), mine, [{ ...place, sealed: sealed[0] as Buffer }])).toEqual(["from before"]);
  for (const version of [1, "newest", "index"] as const)
    await expect(keyOf(fromCopy(), mine, version), String(version)).rejects.toMatchObject(unavailable);
  const old = copy.get(1)?.branch;
  const { KeyMetadata } = await app.kms.send(new DescribeKeyCommand({ KeyId: old?.keyArn }));
  expect(KeyMetadata?.KeyState).toBe("PendingDeletion");
  expect(await readEndedTurn(worker(), turned)).toMatchObject({
    oldEpoch: turned.epoch,
    newEpoch: turned.epoch + 1,
    oldEpochKeyArn: old?.keyArn,
    keyState: "PendingDeletion",
    deletionDate: KeyMetadata?.DeletionDate?.toISOString(),
  });
  const rows = await listWrappedKeys(worker(), mine.tenantId);
  expect(rows.map(({ epoch, keyArn }) => ({ epoch, keyArn }))).toEqual(
    rows.map(() => ({ epoch: turned.epoch + 1, keyArn: epochKeyOf(pool) })),
  );
});

test("nobody's reading or writing stops while epochs turn", async () => {
  const until = Date.now() + 6_000;
  const errors: unknown[] = [];
  let done = 0;
  const loop = async (of: ApplicationTenant) => {
    const place = cell();
    while (Date.now() < until) {
      try {
        const [writer, reader] = [freshKeys(), freshKeys()];
        const { sealed } = await encryptColumns(writer, of, [{ ...place, text: "while it turns" }]);
        const texts = await decryptColumns(reader, of, [{ ...place, sealed: sealed[0] as Buffer }]);
        if (texts[0] !== "while it turns") errors.push(new Error("another text"));
        writer.close();
        reader.close();
        done += 1;
      } catch (error) {
        errors.push(error);
      }
    }
  };
  let turns = 0;
  const turning = async () => {
    for (; Date.now() < until - 500; turns++) await turn();
  };
  await Promise.all([loop(mine), loop(theirs), loop(mine), turning()]);
  expect(errors).toEqual([]);
  expect(turns).toBeGreaterThan(1);
  expect(done).toBeGreaterThan(20);
});

test("keys that are made, retired and destroyed beside a turn stay so", async () => {
  const [rotating, leaving] = [await app.createTenant({ sharedEpoch: true }), await app.createTenant({ sharedEpoch: true })];
  const ref = await currentEpoch();
  const stale = await wrapFreshKeys(epochNeeds(app.world), { tenantId: rotating.tenantId, keyArn: epochKeyOf(pool) }, [
    { purpose: "data", version: 2 },
  ]);
  await begin(ref);
  // Wrapped under the epoch before its turn began: too late, and nothing is lost by asking again.
  await expect(keepDataKey(worker(), rotating.tenantId, stale[0] as never)).rejects.toMatchObject({ reason: "epoch-turned" });
  const left = await listLeftKeys(worker(), ref, { slot: "present", after: undefined, limit: 1_000 });
  expect(left.filter(({ tenantId }) => tenantId === rotating.tenantId)).toHaveLength(3);
  const operationId = newId("operation");
  const next = await nextVersion(worker(), rotating.tenantId, operationId);
  const [fresh] = await wrapFreshKeys(epochNeeds(app.world), { tenantId: rotating.tenantId, keyArn: epochKeyOf(pool) }, [
    { purpose: "data", version: next?.version ?? 0 },
  ]);
  await addDataKey(worker(), rotating.tenantId, { ...(fresh as NonNullable<typeof fresh>), customerManaged: false, operationId });
  await retireDataKeys(worker(), rotating.tenantId, 2);
  await destroyDataKeys(worker(), leaving.tenantId);
  await rewrapEpoch(epochNeeds(app.world), ref, never);
  await end(ref);
  expect((await listWrappedKeys(worker(), rotating.tenantId)).map(({ purpose, version }) => `${purpose} ${version}`)).toEqual([
    "data 2",
    "index 1",
    "payload 1",
  ]);
  expect((await keyOf(freshKeys(), rotating)).length).toBe(64);
  expect(await listWrappedKeys(worker(), leaving.tenantId)).toEqual([]);
});

test("a key that was read for the turn and changed meanwhile is not overwritten", async () => {
  const changing = await app.createTenant({ sharedEpoch: true });
  const before = await keyOf(freshKeys(), changing);
  const ref = await currentEpoch();
  await begin(ref);
  const kmsKey = (await app.createTenant()).placement.keyArn;
  const rows = await listWrappedKeys(worker(), changing.tenantId);
  const keys = rows.map(({ purpose, version, wrapped }) => ({
    purpose,
    version,
    from: wrapped,
    wrapped: Buffer.from("of kms"),
    epoch: null,
  }));
  let changed = false;
  const needs = epochNeeds(app.world);
  const racing = Object.create(needs.keyring, {
    connect: {
      value: async () => {
        if (!changed && (await listLeftKeys(needs.keyring, ref, { slot: "present", after: undefined, limit: 1 })).length > 0) {
          changed = true;
          expect(await rewrapKeys(worker(), changing.tenantId, { kmsKeyArn: kmsKey, customerManaged: false, keys })).toBe("rewrapped");
        }
        return needs.keyring.connect();
      },
    },
  });
  await rewrapEpoch({ ...needs, keyring: racing }, ref, never);
  const after = await listWrappedKeys(worker(), changing.tenantId);
  expect(after.every(({ keyArn, wrapped }) => keyArn === kmsKey && wrapped.equals(Buffer.from("of kms")))).toBe(true);
  // Taken back, it is under the epoch that takes keys now: what it would be taken back to was moved as well.
  await end(ref);
  await restoreKeys(worker(), changing.tenantId);
  expect(await keyOf(freshKeys(), changing)).toBe(before);
});

test("a key is moved only while it is the one that it was opened from", async () => {
  const changing = await app.createTenant({ sharedEpoch: true });
  const ref = await currentEpoch();
  await begin(ref);
  const left = (await listLeftKeys(worker(), ref, { slot: "present", after: undefined, limit: 1_000 })).filter(
    ({ tenantId }) => tenantId === changing.tenantId,
  );
  const keys = left.map((key) => ({ ...key, from: key.wrapped, wrapped: Buffer.from("moved") }));
  const changed = [changing.tenantId, Buffer.from("changed")];
  await withConnection(app.world.ownerUrl("keyring"), (owner) =>
    owner.query("update keyring.data_keys set wrapped = $2 where tenant_id = $1 and purpose = 'index'", changed),
  );
  expect(await moveKeys(worker(), ref, { slot: "present", next: ref.epoch + 1, keys })).toBe(2);
  const rows = (await listWrappedKeys(worker(), changing.tenantId)).map(({ purpose, wrapped }) => `${purpose} ${wrapped}`);
  expect(rows).toEqual(["data moved", "index changed", "payload moved"]);
  await destroyDataKeys(worker(), changing.tenantId);
  await rewrapEpoch(epochNeeds(app.world), ref, never);
  await end(ref);
});

test("a change that is taken back while its epoch turns is moved after all", async () => {
  const changing = await app.createTenant({ sharedEpoch: true });
  const before = await keyOf(freshKeys(), changing);
  const ref = await currentEpoch();
  const rows = await listWrappedKeys(worker(), changing.tenantId);
  const keys = rows.map(({ purpose, version, wrapped }) => ({ purpose, version, from: wrapped, wrapped: Buffer.from("x"), epoch: null }));
  await rewrapKeys(worker(), changing.tenantId, { kmsKeyArn: "arn:aws:kms:r:1:key/x", customerManaged: true, keys });
  await begin(ref);
  expect(await retireEpoch(worker(), ref)).toBe("keys-left");
  await restoreKeys(worker(), changing.tenantId);
  await forgetPreviousKeys(worker(), changing.tenantId);
  await rewrapEpoch(epochNeeds(app.world), ref, never);
  await end(ref);
  expect(await keyOf(freshKeys(), changing)).toBe(before);
});

test("a turn that is cut short anywhere is carried on, and makes one key", async () => {
  const before = await keyOf(freshKeys(), mine);
  const [ref, needs] = [await currentEpoch(), epochNeeds(app.world)];
  // The new epoch's key is made, and the attempt ends before it is written down.
  const orphan = await makeBranchKey(needs, { pool, epoch: ref.epoch + 1 }, await readEnvironment(worker()));
  await Promise.allSettled([begin(ref), begin(ref), begin(ref)]);
  expect((await findEpoch(worker(), pool, ref.epoch + 1))?.keyArn).toBe(orphan.keyArn);
  const stopped = new AbortController();
  const killed = rewrapEpoch(needs, ref, { signal: stopped.signal, onProgress: () => stopped.abort(new Error("killed")) });
  await expect(killed).rejects.toThrow("killed");
  await Promise.all([rewrapEpoch(needs, ref, never), rewrapEpoch(needs, ref, never)]);
  await begin(ref);
  await Promise.all([end(ref), end(ref)]);
  expect(await keyOf(freshKeys(), mine)).toBe(before);
  expect(await epochKeysOf(await readEnvironment(worker()))).toEqual([orphan.keyArn]);
});

test("keys that do not open keep their epoch, and no other key is kept by them", async () => {
  const broken = await app.createTenant({ sharedEpoch: true });
  const before = await keyOf(freshKeys(), mine);
  await withConnection(app.world.ownerUrl("keyring"), (owner) =>
    owner.query("update keyring.data_keys set wrapped = $2 where tenant_id = $1 and purpose = 'index'", [
      broken.tenantId,
      Buffer.alloc(61, 1),
    ]),
  );
  const ref = await currentEpoch();
  await begin(ref);
  await expect(rewrapEpoch(epochNeeds(app.world), ref, never)).rejects.toMatchObject({ reason: "keys-unreadable" });
  expect(await listLeftKeys(worker(), ref, { slot: "present", after: undefined, limit: 10 })).toMatchObject([
    { tenantId: broken.tenantId, purpose: "index" },
  ]);
  expect(await keyOf(freshKeys(), mine)).toBe(before);
  await destroyDataKeys(worker(), broken.tenantId);
  await rewrapEpoch(epochNeeds(app.world), ref, never);
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
