import { randomBytes } from "node:crypto";
import type { TenantId } from "@leasehold/domain/ids";
import { UnreadableError } from "@leasehold/tenancy/keys/unreadable";
import { createPayloadCodec } from "@leasehold/tenancy/payloads/create-payload-codec";
import { headerOf, isEncrypted, type PayloadOwner } from "@leasehold/tenancy/payloads/key-id";
import { type Payload, packPayload, unpackPayload } from "@leasehold/tenancy/payloads/payload";
import { PayloadCipher } from "@leasehold/tenancy/payloads/payload-cipher";
import { createPayloadKeys, PayloadKeyMissingError, type PayloadKeySource } from "@leasehold/tenancy/payloads/payload-keys";
import { readPayloads } from "@leasehold/tenancy/payloads/read-payloads";
import { describe, expect, test } from "vitest";

const own: TenantId = "tnt_0000000000000000000000000A";
const other: TenantId = "tnt_0000000000000000000000000B";
const inRunOf = (tenantId: TenantId, id = "1") => ({ workflowId: `t:${tenantId}:export:${id}` });
const lifecycle = { workflowId: "onboarding:op_1" };

const bytes = (text: string) => Buffer.from(text);
const plainOf = (text: string): Payload => ({ metadata: { encoding: bytes("json/plain") }, data: bytes(JSON.stringify(text)) });
const textOf = ({ data }: Payload) => JSON.parse(Buffer.from(data ?? []).toString());

/** Keys in memory; owners that were left out have none. */
function sourceOf(keys: Partial<Record<PayloadOwner, Buffer>>): PayloadKeySource & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async unwrap(owner, version) {
      asked.push(`${owner}/${version}`);
      const key = keys[owner];
      return key && { version: version === "newest" ? 1 : version, key: Buffer.from(key) };
    },
  };
}

const secrets = { [own]: randomBytes(32), [other]: randomBytes(32), "control-plane": randomBytes(32) };
const keysOf = (source: PayloadKeySource = sourceOf(secrets)) => createPayloadKeys(source);
const codecOf = (source?: PayloadKeySource, plainUntil?: Date) =>
  createPayloadCodec({ keys: keysOf(source), unreadable: "fail", plainUntil });
const showing = (source?: PayloadKeySource) => createPayloadCodec({ keys: keysOf(source), unreadable: "placeholder" });

async function sealed(context: { workflowId?: string } | undefined, text = "a secret"): Promise<Payload> {
  const [payload] = await codecOf().encode([plainOf(text)], context);
  return payload as Payload;
}

describe("a payload in bytes", () => {
  test("comes back with its metadata, also without any and without data", () => {
    const payloads: Payload[] = [
      { metadata: { encoding: bytes("json/plain"), messageType: bytes("x") }, data: bytes('"text"') },
      { metadata: { encoding: bytes("binary/null") }, data: bytes("") },
      { metadata: {}, data: bytes("") },
    ];
    for (const payload of payloads) expect(unpackPayload(packPayload(payload))).toEqual(payload);
  });

  test("what the SDK writes for nothing is nothing", () => {
    const nothing: Payload = { metadata: null, data: [] as unknown as Uint8Array };
    expect(unpackPayload(packPayload(nothing))).toEqual({ metadata: {}, data: Buffer.alloc(0) });
  });

  test("is refused when it was cut short", () => {
    const packed = packPayload({ metadata: { encoding: bytes("json/plain") }, data: bytes("text") });
    for (const length of [0, 3, 10, packed.length - 1]) expect(() => unpackPayload(packed.subarray(0, length))).toThrow(RangeError);
  });
});

describe("the key", () => {
  test("is the tenant's in its runs, and the control plane's everywhere else", async () => {
    expect(headerOf(await sealed(inRunOf(own)))).toEqual({ owner: own, version: 1, run: inRunOf(own).workflowId });
    expect(headerOf(await sealed(lifecycle))).toEqual({ owner: "control-plane", version: 1, run: lifecycle.workflowId });
    expect(headerOf(await sealed(undefined))).toEqual({ owner: "control-plane", version: 1, run: "" });
    await expect(sealed({ workflowId: "t:acme:export:1" })).rejects.toThrow("names no tenant");
  });

  test("opens in every run of its tenant, as a schedule's payloads are read under other ids than they were written under", async () => {
    const [opened] = await codecOf().decode([await sealed(inRunOf(own, "nightly"))], inRunOf(own, "nightly-2026-11-21T01:48:54Z"));
    expect(textOf(opened as Payload)).toBe("a secret");
  });

  test("what one lease seals has one salt and as many nonces; another lease's has another salt, and opens all the same", async () => {
    const partsOf = ({ data }: Payload) => {
      const [salt, nonce] = [Buffer.from(data ?? []).subarray(1, 17), Buffer.from(data ?? []).subarray(17, 29)];
      return { salt: salt.toString("hex"), nonce: nonce.toString("hex") };
    };
    const texts = Array.from({ length: 200 }, (_, index) => plainOf(`secret ${index}`));
    const [first, second] = await Promise.all([codecOf().encode(texts, lifecycle), codecOf().encode(texts, lifecycle)]);
    const parts = [...first, ...second].map(partsOf);
    expect(new Set(parts.map(({ salt }) => salt)).size).toBe(2);
    expect(new Set(parts.map(({ nonce }) => nonce)).size).toBe(parts.length);
    const reader = codecOf();
    for (const batch of [first, second]) expect(await reader.decode(batch, lifecycle)).toMatchObject(texts.map(({ data }) => ({ data })));
  });

  test("nothing is sealed or opened by a cipher whose key was zeroised", async () => {
    const key = randomBytes(32);
    const cipher = new PayloadCipher(key);
    const header = { owner: own, version: 1, run: "" };
    const payload = cipher.seal(header, plainOf("a secret"));
    cipher.zeroise();
    expect(key.equals(Buffer.alloc(32))).toBe(true);
    expect(() => cipher.seal(header, plainOf("a secret"))).toThrow("not held any more");
    expect(() => cipher.open(payload)).toThrow("not held any more");
  });

  test("many salts are opened in turn, more than are kept", async () => {
    const payloads = await Promise.all(Array.from({ length: 150 }, (_, index) => sealed(lifecycle, `secret ${index}`)));
    const reader = codecOf();
    for (let turn = 0; turn < 2; turn++) {
      const opened = await reader.decode(payloads, lifecycle);
      expect(opened.map(textOf)).toEqual(payloads.map((_, index) => `secret ${index}`));
    }
  });

  test("is asked for once a lease, and again after it", async () => {
    const source = sourceOf(secrets);
    const codec = createPayloadCodec({ keys: createPayloadKeys(source, { leaseMs: 40 }), unreadable: "fail" });
    const encode = () => codec.encode([plainOf("x")], inRunOf(own));
    await Promise.all([encode(), encode(), encode()]);
    expect(source.asked).toEqual([`${own}/newest`]);
    await expect.poll(async () => [await encode(), source.asked.length].at(-1), { timeout: 2_000 }).toBe(2);
  });

  test("costs less than a millisecond a payload", async () => {
    const codec = codecOf();
    const payloads = Array.from({ length: 2_000 }, (_, index) => plainOf(`payload ${index} ${"x".repeat(500)}`));
    await codec.decode(await codec.encode(payloads, lifecycle), lifecycle);
    // Of the processor's time: others may be at work beside.
    const begun = process.cpuUsage();
    for (const payload of payloads) await codec.decode(await codec.encode([payload], lifecycle), lifecycle);
    const { user, system } = process.cpuUsage(begun);
    const each = (user + system) / 1_000 / payloads.length;
    console.log(`encoding and decoding one payload: ${each.toFixed(3)} ms`);
    expect(each).toBeLessThan(1);
  });
});

describe("what is refused", () => {
  const refused = (payload: Payload, context: { workflowId?: string } | undefined, source?: PayloadKeySource) =>
    expect(codecOf(source).decode([payload], context)).rejects.toBeInstanceOf(UnreadableError);
  const renamed = (payload: Payload, metadata: Record<string, string>): Payload => ({
    ...payload,
    metadata: { ...payload.metadata, ...Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, bytes(text)])) },
  });

  test("another tenant's payload, and one of the control plane's, in a tenant's run, and the other way round", async () => {
    await refused(await sealed(inRunOf(own)), inRunOf(other));
    await refused(await sealed(lifecycle), inRunOf(own));
    await refused(await sealed(inRunOf(own)), lifecycle);
    await refused(await sealed(inRunOf(own)), undefined);
    const source = sourceOf(secrets);
    await refused(await sealed(inRunOf(own)), inRunOf(other), source);
    expect(source.asked, "keys that were asked for").toEqual([]);
  });

  test("another tenant's payload under this one's name, were the keys of both the same", async () => {
    const same = randomBytes(32);
    const source = sourceOf({ [own]: same, [other]: same });
    const [payload] = await codecOf(source).encode([plainOf("a secret")], inRunOf(own));
    await refused(renamed(payload as Payload, { "encryption-key-id": `${other}/1` }), inRunOf(other), source);
  });

  test("another version or another run than it was written with, and changed bytes", async () => {
    const payload = await sealed(inRunOf(own));
    await refused(renamed(payload, { "encryption-key-id": `${own}/2` }), inRunOf(own));
    await refused(renamed(payload, { "encryption-run": inRunOf(own, "2").workflowId }), inRunOf(own));
    const data = Buffer.from(payload.data ?? []);
    for (const at of [0, 5, 20, 40, data.length - 1]) {
      const changed = Buffer.from(data);
      changed.writeUInt8((changed.readUInt8(at) + 1) % 256, at);
      await refused({ ...payload, data: changed }, inRunOf(own));
    }
    await refused({ ...payload, data: data.subarray(0, 40) }, inRunOf(own));
  });

  test("a key's name that is none of ours", async () => {
    const payload = await sealed(inRunOf(own));
    for (const name of ["", own, `${own}/0`, `${own}/1/1`, `${own}/01`, "acme/1", "control-plane", `${own} /1`]) {
      await refused(renamed(payload, { "encryption-key-id": name }), inRunOf(own));
    }
  });

  test("plain text, but for a time in runs of the control plane", async () => {
    const soon = new Date(Date.now() + 60_000);
    await refused(plainOf("plain"), inRunOf(own));
    await refused(plainOf("plain"), lifecycle);
    await expect(codecOf(undefined, soon).decode([plainOf("plain")], inRunOf(own))).rejects.toBeInstanceOf(UnreadableError);
    await expect(codecOf(undefined, new Date(Date.now() - 1)).decode([plainOf("plain")], lifecycle)).rejects.toBeInstanceOf(
      UnreadableError,
    );
    expect(await codecOf(undefined, soon).decode([plainOf("plain")], lifecycle)).toEqual([plainOf("plain")]);
  });
});

describe("where a key is gone or away", () => {
  test("a worker fails, and a client shows so beside what it can read", async () => {
    const payloads = [await sealed(inRunOf(own)), await sealed(lifecycle)] as const;
    const gone = sourceOf({ "control-plane": secrets["control-plane"] });
    await expect(codecOf(gone).decode([payloads[0]], inRunOf(own))).rejects.toBeInstanceOf(PayloadKeyMissingError);
    await expect(codecOf(gone).encode([plainOf("x")], inRunOf(own))).rejects.toBeInstanceOf(PayloadKeyMissingError);
    await expect(showing(gone).encode([plainOf("x")], inRunOf(own))).rejects.toBeInstanceOf(PayloadKeyMissingError);
    expect((await showing(gone).decode([payloads[0]], inRunOf(own))).map(textOf)).toEqual(["[shredded]"]);
    expect((await showing(gone).decode([payloads[1]], lifecycle)).map(textOf)).toEqual(["a secret"]);
    expect((await showing().decode([payloads[0]], inRunOf(other))).map(textOf)).toEqual(["[refused]"]);
  });

  test("an outage is told from a destroyed key", async () => {
    const away: PayloadKeySource = { unwrap: () => Promise.reject(new Error("KMS does not answer")) };
    const payload = await sealed(inRunOf(own));
    await expect(codecOf(away).decode([payload], inRunOf(own))).rejects.toThrow("KMS does not answer");
    expect((await showing(away).decode([payload], inRunOf(own))).map(textOf)).toEqual(["[key unavailable]"]);
  });

  test("whoever may read all of them reads payloads of several owners at once, in order", async () => {
    const gone = keysOf(sourceOf({ [other]: secrets[other], "control-plane": secrets["control-plane"] }));
    const payloads = [
      await sealed(inRunOf(other), "of the other"),
      await sealed(inRunOf(own)),
      plainOf("plain"),
      await sealed(undefined, "memo"),
    ];
    expect((await readPayloads(gone, payloads)).map(textOf)).toEqual(["of the other", "[shredded]", "plain", "memo"]);
    expect(payloads.map(isEncrypted)).toEqual([true, true, false, true]);
  });
});
