import { randomBytes } from "node:crypto";
import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { makeBranchKey } from "@leasehold/activities/keys/epoch-keys";
import { rewrapEpoch } from "@leasehold/activities/keys/rewrap-epoch";
import { withConnection } from "@leasehold/db/client";
import { addDataKey, nextVersion } from "@leasehold/db/keyring/data-keys/add-data-key";
import { findWrappedKey, type KeyVersion, listWrappedKeys, type WrappedKeyRow } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { retireDataKeys } from "@leasehold/db/keyring/data-keys/retire-data-keys";
import { forgetPreviousKeys, restoreKeys, rewrapKeys } from "@leasehold/db/keyring/data-keys/rewrap-keys";
import { retireEpoch } from "@leasehold/db/keyring/epochs/end-turn";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import { listLeftKeys, moveKeys } from "@leasehold/db/keyring/epochs/move-keys";
import { readEnvironment } from "@leasehold/db/keyring/epochs/open-epoch";
import { readEndedTurn, readTurnProgress } from "@leasehold/db/keyring/epochs/read-turn";
import { listDueTurns } from "@leasehold/db/keyring/epochs/want-turn";
import { destroyDataKeys, keepDataKey } from "@leasehold/db/keyring/keep-data-key";
import { newId } from "@leasehold/domain/ids";
import { epochKeyOf, onlyPool as pool } from "@leasehold/domain/keys/epochs";
import { decryptColumns, encryptColumns } from "@leasehold/tenancy/keys/columns";
import { wrapUnderBranch } from "@leasehold/tenancy/keys/epoch-cipher";
import { wrapFreshKeys } from "@leasehold/tenancy/keys/tenant-key-models";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";
import { cell, epochTools, keyOf, never, unavailable } from "../support/epoch-tools.ts";
import { epochNeeds } from "../support/open-epoch.ts";

let app: ApplicationWorld;
let mine: ApplicationTenant;
let theirs: ApplicationTenant;
const { worker, tenants, keysOver, freshKeys, currentEpoch, begin, rewrap, end, turn, listEpochKeys } = epochTools(() => app);
beforeAll(async () => {
  app = await createApplicationWorld();
  [mine, theirs] = [await app.createTenant({ sharedEpoch: true }), await app.createTenant({ sharedEpoch: true })];
});
afterAll(() => app?.[Symbol.asyncDispose]());

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
  await rewrap(ref);
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
  await rewrap(ref);
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
  await rewrap(ref);
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
  expect(await listEpochKeys()).toEqual([orphan.keyArn]);
});

test("keys that do not open keep their epoch and every byte of theirs; everybody else goes on, through later turns as well", async () => {
  const [corrupt, foreign] = [await app.createTenant({ sharedEpoch: true }), await app.createTenant({ sharedEpoch: true })];
  const before = await keyOf(freshKeys(), mine);
  const corrupted = await keyOf(freshKeys(), corrupt, "index");
  const put = (of: ApplicationTenant, wrapped: Buffer | undefined) =>
    withConnection(app.world.ownerUrl("keyring"), (owner) =>
      owner.query("update keyring.data_keys set wrapped = $2 where tenant_id = $1 and purpose = 'index'", [of.tenantId, wrapped]),
    );
  const bytes = async (of: ApplicationTenant) =>
    (await listWrappedKeys(worker(), of.tenantId)).find(({ purpose }) => purpose === "index")?.wrapped.toString("hex");
  const ref = await currentEpoch();
  const [whole, others] = [
    await findWrappedKey(worker(), corrupt.tenantId, "index"),
    await findWrappedKey(worker(), foreign.tenantId, "index"),
  ];
  await put(corrupt, Buffer.alloc(61, 1));
  // Under the branch key of an epoch that is not its own.
  const elsewhere = { tenantId: foreign.tenantId, purpose: "index", version: others?.version ?? 0, pool, epoch: ref.epoch } as const;
  await put(foreign, wrapUnderBranch(randomBytes(32), elsewhere, randomBytes(32)));
  const kept = [await bytes(corrupt), await bytes(foreign)];

  await begin(ref);
  expect(await rewrap(ref)).toMatchObject({ outcome: "held", unreadable: [{ purpose: "index" }, { purpose: "index" }] });
  const left = await app.kms.send(new DescribeKeyCommand({ KeyId: (await findEpoch(worker(), pool, ref.epoch))?.keyArn }));
  expect(left.KeyMetadata?.KeyState).toBe("Enabled");
  expect(await readTurnProgress(worker(), ref)).toMatchObject({ state: "HELD", ended: false });
  expect([await bytes(corrupt), await bytes(foreign)]).toEqual(kept);
  for (const of of [corrupt, foreign]) await keyOf(freshKeys(), of);
  expect(await keyOf(freshKeys(), mine)).toBe(before);

  // It stands in nobody's way, and is looked at again when its time has come, behind what was begun.
  expect(await listDueTurns(worker(), new Date())).toEqual([]);
  const next = await turn();
  expect(next.epoch).toBe(ref.epoch + 1);
  expect(await listDueTurns(worker(), new Date(Date.now() + 3_600_000))).toEqual([ref]);
  await begin(ref);
  expect(await rewrap(ref)).toMatchObject({ outcome: "held", moved: 0 });
  expect([await bytes(corrupt), await bytes(foreign)]).toEqual(kept);

  // One is put back from a copy, the other's tenant goes: nothing is left under it.
  await put(corrupt, whole?.wrapped);
  await destroyDataKeys(worker(), foreign.tenantId);
  await begin(ref);
  expect(await rewrap(ref)).toMatchObject({ outcome: "retired", unreadable: [] });
  await end(ref);
  expect(await readTurnProgress(worker(), ref)).toMatchObject({ state: "RETIRED", ended: true });
  expect(await keyOf(freshKeys(), corrupt, "index")).toBe(corrupted);
  expect((await listWrappedKeys(worker(), corrupt.tenantId)).find(({ purpose }) => purpose === "index")?.epoch).toBe(ref.epoch + 2);
});
