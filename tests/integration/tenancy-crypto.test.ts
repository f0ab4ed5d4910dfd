import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { newId } from "@leasehold/domain/ids";
import type { TenantScope } from "@leasehold/tenancy/context";
import { columnKey, openCell, sealCell } from "@leasehold/tenancy/keys/column-cipher";
import type { DataKeys } from "@leasehold/tenancy/keys/data-keys";
import { nameGrams, nameHmac } from "@leasehold/tenancy/keys/name-index";
import { openBody } from "@leasehold/tenancy/objects/open-body";
import { sealBody } from "@leasehold/tenancy/objects/seal-body";
import { headerBytes, segmentBytes, tagBytes } from "@leasehold/tenancy/objects/segments";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const key = randomBytes(32);
const tenantId = newId("tenant");
const cell = { table: "documents", column: "name", rowId: newId("document") };
const unreadable = { name: "UnreadableError" };

/** Keys that are there without a keyring: what is tried here is what the ciphers bind. */
const heldKeys = (held: Buffer): DataKeys => ({
  use: async (_scope, _versions, work) => work({ newestVersion: 1, indexVersion: 1, key: () => held }),
  check: async () => undefined,
  close: () => undefined,
});
const scopeOf = (id: typeof tenantId) => ({ tenantId: id }) as TenantScope;
const objectKey = "tenants/a/documents/b";

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const seal = (body: Buffer) => collect(sealBody(heldKeys(key), scopeOf(tenantId), { objectKey, keyVersion: 1 }, Readable.from([body])));
const open = (sealed: Buffer, changes: { tenantId?: typeof tenantId; objectKey?: string; key?: Buffer } = {}) =>
  collect(
    openBody(heldKeys(changes.key ?? key), scopeOf(changes.tenantId ?? tenantId), changes.objectKey ?? objectKey, Readable.from([sealed])),
  );

const cellKey = columnKey(key);

describe("a sealed value", () => {
  it("opens in its own place and nowhere else", () => {
    const sealed = sealCell(cellKey, 7, tenantId, cell, Buffer.from("Q3 plan"));
    expect(openCell(cellKey, tenantId, cell, sealed).toString()).toBe("Q3 plan");
    expect(() => openCell(cellKey, newId("tenant"), cell, sealed)).toThrow(expect.objectContaining(unreadable));
    expect(() => openCell(columnKey(randomBytes(32)), tenantId, cell, sealed)).toThrow(expect.objectContaining(unreadable));
    for (const other of [{ table: "folders" }, { column: "note" }, { rowId: newId("document") }]) {
      expect(() => openCell(cellKey, tenantId, { ...cell, ...other }, sealed)).toThrow(expect.objectContaining(unreadable));
    }
  });

  it("does not open after any one bit of it was changed, or any of its end was lost", () => {
    const sealed = sealCell(cellKey, 1, tenantId, cell, Buffer.from("name"));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => openCell(cellKey, tenantId, cell, changed)).toThrow(expect.objectContaining(unreadable));
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(() => openCell(cellKey, tenantId, cell, sealed.subarray(0, length))).toThrow(expect.objectContaining(unreadable));
    }
  });

  it("cannot be told apart by where one part of its place ends and the next begins", () => {
    const sealed = sealCell(cellKey, 1, tenantId, { table: "ab", column: "c", rowId: "d" }, Buffer.from("x"));
    expect(() => openCell(cellKey, tenantId, { table: "a", column: "bc", rowId: "d" }, sealed)).toThrow(
      expect.objectContaining(unreadable),
    );
  });

  it("brings back any text, and never the same bytes twice", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const plaintext = Buffer.from(text, "utf8");
        const [one, two] = [sealCell(cellKey, 1, tenantId, cell, plaintext), sealCell(cellKey, 1, tenantId, cell, plaintext)];
        expect(openCell(cellKey, tenantId, cell, one)).toEqual(plaintext);
        expect(one.equals(two)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a sealed body", () => {
  const sizes = [0, 1, segmentBytes - 1, segmentBytes, segmentBytes + 1, 3 * segmentBytes, 3 * segmentBytes + 5];
  it.each(sizes)("of %i bytes comes back whole", async (size) => {
    const body = randomBytes(size);
    const sealed = await seal(body);
    expect(sealed.length).toBe(headerBytes + size + tagBytes * Math.max(1, Math.ceil(size / segmentBytes)));
    expect((await open(sealed)).equals(body)).toBe(true);
  });

  it("comes back however the network cuts it", async () => {
    const body = randomBytes(2 * segmentBytes + 77);
    const sealed = await seal(body);
    const chunks = function* () {
      for (let at = 0; at < sealed.length; at += 1_009) yield sealed.subarray(at, at + 1_009);
    };
    expect((await collect(openBody(heldKeys(key), scopeOf(tenantId), objectKey, Readable.from(chunks())))).equals(body)).toBe(true);
  });

  it("does not open for another tenant, at another place or with another key", async () => {
    const sealed = await seal(Buffer.from("secret"));
    await expect(open(sealed, { tenantId: newId("tenant") })).rejects.toMatchObject(unreadable);
    await expect(open(sealed, { objectKey: "tenants/a/documents/c" })).rejects.toMatchObject(unreadable);
    await expect(open(sealed, { key: randomBytes(32) })).rejects.toMatchObject(unreadable);
  });

  it("does not open when it was cut, also where a segment ends", async () => {
    const sealed = await seal(randomBytes(2 * segmentBytes));
    const firstEnd = headerBytes + segmentBytes + tagBytes;
    for (const length of [0, 5, headerBytes, headerBytes + 3, firstEnd, firstEnd + 1, sealed.length - 1]) {
      await expect(open(sealed.subarray(0, length))).rejects.toMatchObject(unreadable);
    }
  });

  it("does not open when segments changed places, came twice or came from another body", async () => {
    const sealed = await seal(randomBytes(3 * segmentBytes));
    const other = await seal(randomBytes(3 * segmentBytes));
    const size = segmentBytes + tagBytes;
    const [header, first, second, third] = [
      sealed.subarray(0, headerBytes),
      ...[0, 1, 2].map((index) => sealed.subarray(headerBytes + index * size, headerBytes + (index + 1) * size)),
    ] as [Buffer, Buffer, Buffer, Buffer];
    const foreign = other.subarray(headerBytes + size, headerBytes + 2 * size);
    for (const parts of [
      [second, first, third],
      [first, first, second, third],
      [first, third],
      [first, foreign, third],
      [first, second, third, third],
    ]) {
      await expect(open(Buffer.concat([header, ...parts]))).rejects.toMatchObject(unreadable);
    }
  });
});

describe("the index of names", () => {
  it("takes two spellings of one name for the same, and tells tenants apart", () => {
    expect(nameHmac(key, "Q3  Plan ")).toEqual(nameHmac(key, "q3 plan"));
    expect(nameHmac(key, "Cafe\u0301")).toEqual(nameHmac(key, "CAF\u00c9"));
    expect(nameHmac(key, "Q3 plan")).not.toEqual(nameHmac(randomBytes(32), "Q3 plan"));
  });

  it("has every gram of a part among the grams of the whole", () => {
    const whole = new Set(nameGrams(key, "Annual Report 2026.pdf"));
    expect(nameGrams(key, "report").every((gram) => whole.has(gram))).toBe(true);
    expect(nameGrams(key, "ab")).toEqual([]);
    expect([...whole].every((gram) => gram >= 0n && gram < 2n ** 63n)).toBe(true);
  });
});
