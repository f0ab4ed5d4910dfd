import { randomBytes } from "node:crypto";
import { encryptedColumns, otherByteColumns } from "@leasehold/db/application/keys/encrypted-columns";
import { findWrappedKey } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { newId } from "@leasehold/domain/ids";
import type { TenantScope } from "@leasehold/tenancy/context";
import { decryptColumns, encryptColumns } from "@leasehold/tenancy/keys/columns";
import { createDataKeys, type WrappedKey } from "@leasehold/tenancy/keys/data-keys";
import { nameGrams, nameHmac } from "@leasehold/tenancy/keys/name-index";
import { underKey } from "@leasehold/tenancy/keys/stored-key";
import { openBody } from "@leasehold/tenancy/objects/open-body";
import { sealBody } from "@leasehold/tenancy/objects/seal-body";
import { headerBytes, segmentBytes, tagBytes } from "@leasehold/tenancy/objects/segments";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;
let mine: ApplicationTenant;
let theirs: ApplicationTenant;
beforeAll(async () => {
  app = await createApplicationWorld();
  [mine, theirs] = await Promise.all([app.createTenant(), app.createTenant()]);
});
afterAll(() => app?.[Symbol.asyncDispose]());

const place = { table: "documents", column: "name", rowId: newId("document") };
const text = "Quarterly figures.xlsx";

/** What every refusal says, and nothing else: who offers a changed value learns nothing from the words. */
const refusal = "UnreadableError: A stored value does not open for its tenant and place.";
const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    (value) => `opened ${JSON.stringify(value)}`,
    (error: Error) => `${error.name}: ${error.message}`,
  );

const openCellAs = (scope: TenantScope, cell: typeof place, sealed: Buffer) =>
  outcomeOf(decryptColumns(app.kit.keys, scope, [{ ...cell, sealed }]));
const seal = async (scope: TenantScope, cell = place) =>
  (await encryptColumns(app.kit.keys, scope, [{ ...cell, text }])).sealed[0] as Buffer;

/** A length of each class: nothing, inside each part of the layout, at each of its ends, and one byte short of all of it. */
function cutsOf(sealed: Buffer, ends: number[]): Buffer[] {
  const lengths = new Set(ends.flatMap((end) => [end - 1, end, end + 1]).filter((length) => length >= 0 && length < sealed.length));
  return [...lengths, sealed.length - 1].map((length) => sealed.subarray(0, length));
}
const flipped = (sealed: Buffer, at: number, bit: number) => {
  const changed = Buffer.from(sealed);
  changed[at] = (changed[at] ?? 0) ^ (1 << bit);
  return changed;
};

describe("a stored value of another tenant", () => {
  test("opens in its own place alone, and every other is refused in the same words", async () => {
    const sealed = await seal(mine);
    expect(await openCellAs(mine, place, sealed)).toBe(`opened ["${text}"]`);
    const swaps: [string, TenantScope, typeof place][] = [
      ["by another tenant", theirs, place],
      ["in another table", mine, { ...place, table: "folders" }],
      ["in another column", mine, { ...place, column: "content_type" }],
      ["in another row", mine, { ...place, rowId: newId("document") }],
      ["with the parts of its place run together", mine, { ...place, table: "document", column: "sname" }],
      ["in no place", mine, { table: "", column: "", rowId: "" as never }],
      ["by a tenant of nobody", { ...mine, tenantId: "" as never }, place],
    ];
    for (const [what, scope, cell] of swaps.slice(0, -1)) expect(await openCellAs(scope, cell, sealed), what).toBe(refusal);
    const nobody = swaps.at(-1) as (typeof swaps)[number];
    expect(await openCellAs(nobody[1], nobody[2], sealed)).not.toMatch(/^opened/);
  });

  test("is refused cut at every length class, and with any bit of any byte changed", async () => {
    const sealed = await seal(mine);
    for (const cut of cutsOf(sealed, [0, 1, 5, 17, 33, sealed.length - 16]))
      expect(await openCellAs(mine, place, cut), `${cut.length} bytes`).toBe(refusal);
    expect(await openCellAs(mine, place, Buffer.concat([sealed, Buffer.of(0)]))).toBe(refusal);
    for (let at = 0; at < sealed.length; at++) {
      expect(await openCellAs(mine, place, flipped(sealed, at, at % 8)), `byte ${at}`).toBe(refusal);
    }
  });

  test("of every registered column is bound to that column", async () => {
    for (const { cell } of encryptedColumns) {
      const rowId = newId("document");
      const sealed = await seal(mine, { ...cell, rowId });
      expect(await openCellAs(mine, { ...cell, rowId }, sealed)).toMatch(/^opened/);
      for (const { cell: other } of encryptedColumns) {
        if (other.table === cell.table && other.column === cell.column) continue;
        expect(await openCellAs(mine, { ...other, rowId }, sealed), `${cell.table}.${cell.column} as ${other.table}.${other.column}`).toBe(
          refusal,
        );
      }
    }
  });
});

describe("a stored body of another tenant", () => {
  const objectKey = "tenants/a/documents/b";
  const collect = async (stream: AsyncIterable<Uint8Array>) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const sealed = (scope: TenantScope, body: Buffer) =>
    collect(
      sealBody(
        app.kit.keys,
        scope,
        { objectKey, keyVersion: 1 },
        (async function* () {
          yield body;
        })(),
      ),
    );
  const open = (scope: TenantScope, key: string, bytes: Buffer) =>
    outcomeOf(
      collect(
        openBody(
          app.kit.keys,
          scope,
          key,
          (async function* () {
            yield bytes;
          })(),
        ),
      ).then((body) => body.length),
    );

  test("opens under its own key and place alone, whole and in order", async () => {
    const body = randomBytes(2 * segmentBytes + 100);
    const bytes = await sealed(mine, body);
    const other = await sealed(mine, body);
    expect(await open(mine, objectKey, bytes)).toBe(`opened ${body.length}`);
    const step = segmentBytes + tagBytes;
    const [header, first, second, rest] = [
      bytes.subarray(0, headerBytes),
      bytes.subarray(headerBytes, headerBytes + step),
      bytes.subarray(headerBytes + step, headerBytes + 2 * step),
      bytes.subarray(headerBytes + 2 * step),
    ];
    const attacks: [string, TenantScope, string, Buffer][] = [
      ["by another tenant", theirs, objectKey, bytes],
      ["in another place", mine, `${objectKey}2`, bytes],
      ["with segments in another order", mine, objectKey, Buffer.concat([header, second, first, rest])],
      ["without its first segment", mine, objectKey, Buffer.concat([header, second, rest])],
      ["without its end", mine, objectKey, Buffer.concat([header, first, second])],
      ["with an end twice", mine, objectKey, Buffer.concat([bytes, rest])],
      ["with another body's header", mine, objectKey, Buffer.concat([other.subarray(0, headerBytes), first, second, rest])],
      [
        "with another body's segment",
        mine,
        objectKey,
        Buffer.concat([header, other.subarray(headerBytes, headerBytes + step), second, rest]),
      ],
    ];
    for (const [what, scope, key, offered] of attacks) expect(await open(scope, key, offered), what).toBe(refusal);
  });

  test("is refused cut at every length class, and with any byte of it changed", async () => {
    const bytes = await sealed(mine, Buffer.from("a small body"));
    for (const cut of cutsOf(bytes, [0, 3, 4, 8, headerBytes, headerBytes + tagBytes]))
      expect(await open(mine, objectKey, cut), `${cut.length} bytes`).toBe(refusal);
    for (let at = 0; at < bytes.length; at++) expect(await open(mine, objectKey, flipped(bytes, at, at % 8)), `byte ${at}`).toBe(refusal);
  });
});

describe("a wrapped key of another tenant", () => {
  const keysOf = (stored: WrappedKey) =>
    createDataKeys({
      loadWrappedKey: async () => stored,
      kmsFor: async (scope) => (await app.kit.aws.clientsFor(scope, app.kit.vendor)).kms,
    });
  const refusedKey = "DomainError: The workspace's encryption key cannot be used right now. Try again shortly.";

  test("is unwrapped for its own tenant, version and purpose alone, by its own credentials", async () => {
    const keyring = app.world.pool("keyring", "app_tenant");
    const data = (await findWrappedKey(keyring, mine.tenantId, 1)) as WrappedKey;
    const index = (await findWrappedKey(keyring, mine.tenantId, "index")) as WrappedKey;
    const use = (scope: TenantScope, stored: WrappedKey) => outcomeOf(keysOf(stored).use(scope, ["newest"], (ring) => ring.newestVersion));
    expect(await use(mine, data)).toBe("opened 1");
    const attacks: [string, TenantScope, WrappedKey][] = [
      ["by another tenant", theirs, data],
      ["by another tenant, as under its own key", theirs, { ...data, keyArn: theirs.placement.keyArn }],
      ["by another tenant that names the key", underKey(theirs, mine.placement.keyArn), data],
      ["as another version", mine, { ...data, version: 2 }],
      ["as the index key", mine, { ...data, sealedAs: "index" }],
      ["the index key as a data key", mine, { ...index, sealedAs: "data" }],
    ];
    for (const [what, scope, stored] of attacks) expect(await use(scope, stored), what).toBe(refusedKey);
    const cuts = cutsOf(data.wrapped, [0, 1, 16, 32, 64]);
    for (const wrapped of cuts) expect(await use(mine, { ...data, wrapped }), `${wrapped.length} bytes`).toBe(refusedKey);
  });

  // AWS authenticates what it wrapped; the emulator does not, and passes over the name of the key in it.
  test("whose bits are changed is no key that opens anything, whatever KMS answers", async () => {
    const cell = await seal(mine);
    const data = (await findWrappedKey(app.world.pool("keyring", "app_tenant"), mine.tenantId, 1)) as WrappedKey;
    const copyOf = (keys: ReturnType<typeof keysOf>) => outcomeOf(keys.use(mine, [1], (ring) => ring.key(1).toString("hex")));
    const own = await copyOf(keysOf(data));
    let changed = 0;
    for (let at = 0; at < data.wrapped.length; at++) {
      const keys = keysOf({ ...data, wrapped: flipped(data.wrapped, at, at % 8) });
      if ((await copyOf(keys)) === own) continue;
      changed += 1;
      const outcome = await outcomeOf(decryptColumns(keys, mine, [{ ...place, sealed: cell }]));
      expect([refusal, refusedKey], `byte ${at}`).toContain(outcome);
      keys.close();
    }
    expect(changed).toBeGreaterThanOrEqual(32);
  });
});

test("an index of names says nothing beyond its tenant", async () => {
  const entry = (scope: TenantScope) =>
    app.kit.keys.use(scope, ["index"], (ring) => [nameHmac(ring.key("index"), text), nameGrams(ring.key("index"), text)] as const);
  const [own, again, other] = [await entry(mine), await entry(mine), await entry(theirs)];
  expect(own).toEqual(again);
  expect(own[0].equals(other[0])).toBe(false);
  expect(own[1].filter((gram) => other[1].includes(gram))).toEqual([]);
  const underData = await app.kit.keys.use(mine, ["newest"], (ring) => nameHmac(ring.key("newest"), text));
  expect(underData.equals(own[0])).toBe(false);
});

test("every column of bytes is registered as sealed, or as what it is", async () => {
  const rows = await app.query<{ name: string }>(`
    select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'app' and c.relkind in ('r', 'p') and not c.relispartition and a.atttypid = 'bytea'::regtype and a.attnum > 0 and not a.attisdropped`);
  const registered = [...encryptedColumns.map(({ table, column }) => `${table}.${column}`), ...Object.keys(otherByteColumns)];
  expect(rows.map(({ name }) => name).sort()).toEqual(registered.sort());
});
