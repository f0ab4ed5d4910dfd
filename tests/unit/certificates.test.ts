import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CertificateKey, SignedCertificate } from "@leasehold/domain/offboarding/certificate";
import { canonicalBytes, canonicalJson, readCanonical } from "@leasehold/tenancy/certificates/canonical-json";
import { renderPdf } from "@leasehold/tenancy/certificates/pdf/render-pdf";
import { type CertificateVerdict, verifyCertificate } from "@leasehold/tenancy/certificates/verify-certificate";
import { verifyLinks } from "@leasehold/tenancy/certificates/verify-links";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { readCommit, seedOf } from "../chaos/choose-sample.ts";
import { createSampleSigner, type SampleSigner, sampleDocument } from "../support/certificates/sample-certificate.ts";
import { testEnv } from "../support/env.ts";

let signer: SampleSigner;
let keys: CertificateKey[];
let certificate: SignedCertificate;
let json: Uint8Array<ArrayBuffer>;
let pdf: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  signer = await createSampleSigner();
  keys = [signer.key];
  certificate = signer.sign(sampleDocument(signer.key.keyId));
  json = canonicalBytes(certificate);
  pdf = await renderPdf(certificate);
});

const bytes = (text: string) => new TextEncoder().encode(text);
const reason = (verdict: CertificateVerdict) => (verdict.valid ? "valid" : verdict.reason);
const verify = async (file: Uint8Array, among = keys) => reason(await verifyCertificate(file, among));
const flipped = (file: Uint8Array, index: number, bit: number) => {
  const copy = file.slice();
  copy[index] = (copy[index] ?? 0) ^ (1 << bit);
  return copy;
};

test("a certificate and its PDF hold as they were issued, and the PDF is the same bytes every time", async () => {
  expect(await verify(json)).toBe("valid");
  expect(await verify(pdf)).toBe("valid");
  expect(Buffer.compare(await renderPdf(certificate), pdf)).toBe(0);
});

test("no byte of the JSON can be changed", async () => {
  const file = json;
  for (let index = 0; index < file.length; index++)
    for (const bit of [0, 5]) expect(await verify(flipped(file, index, bit)), `byte ${index}, bit ${bit}`).not.toBe("valid");
});

test("no byte of the PDF can be changed", { timeout: 240_000 }, async () => {
  const drawn = new Map<string, Promise<Uint8Array>>();
  const renderOnce = (one: SignedCertificate) => {
    const text = canonicalJson(one);
    const known = drawn.get(text) ?? renderPdf(one);
    drawn.set(text, known);
    return known;
  };
  // Each byte of it, or by the commit as many as a part of the long suites has.
  const part = testEnv().LEASEHOLD_TEST_SHARE;
  for (let index = seedOf(readCommit()) % part; index < pdf.length; index += part)
    expect(reason(await verifyCertificate(flipped(pdf, index, index % 8), keys, renderOnce)), `byte ${index}`).not.toBe("valid");
  for (let index = 7; index < pdf.length; index += 211) expect(await verify(flipped(pdf, index, 0)), `byte ${index}`).not.toBe("valid");
});

test("nothing can be cut off, added or taken out", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(json.length - 1), fc.nat(json.length - 1), fc.uint8Array({ maxLength: 20 }), async (from, to, put) => {
      const [low, high] = from < to ? [from, to] : [to, from];
      const other = Buffer.concat([json.subarray(0, low), put, json.subarray(high)]);
      fc.pre(Buffer.compare(other, json) !== 0);
      expect(await verify(new Uint8Array(other))).not.toBe("valid");
    }),
    { numRuns: 300 },
  );
  for (const end of [0, 1, 100, pdf.length - 1]) expect(await verify(pdf.slice(0, end))).not.toBe("valid");
  expect(await verify(new Uint8Array([...pdf, 10]))).toBe("pdf-changed");
  expect(await verify(new Uint8Array([...json, 10]))).toBe("not-canonical");
});

test("each way of being wrong is named", async () => {
  const text = canonicalJson(certificate);
  const { document, signature } = certificate;
  const other = await createSampleSigner();
  expect(await verify(bytes(text.replace('"kind":"closure"', '"kind":"closure","kind":"closure"')))).toBe("not-canonical");
  expect(await verify(bytes(JSON.stringify({ signature, document })))).toBe("not-canonical");
  expect(await verify(bytes(JSON.stringify(JSON.parse(text), null, 2)))).toBe("not-canonical");
  expect(await verify(bytes(`\ufeff${text}`))).toBe("not-canonical");
  expect(await verify(canonicalBytes({ document }))).toBe("unsigned");
  expect(await verify(canonicalBytes({ document, signature: null }))).toBe("unsigned");
  expect(await verify(canonicalBytes({ document: { ...document, format: "leasehold/certificate/3" }, signature }))).toBe("unknown-version");
  expect(await verify(canonicalBytes({ document: { ...document, more: 1 }, signature }))).toBe("malformed");
  expect(await verify(canonicalBytes({ document: { ...document, stores: 1 }, signature }))).toBe("malformed");
  expect(await verify(canonicalBytes({ document: { ...document, sequence: 2 }, signature }))).toBe("signature-invalid");
  expect(await verify(canonicalBytes({ document, signature: { ...signature, value: "" } }))).toBe("signature-invalid");
  expect(await verify(json, [])).toBe("unknown-key");
  expect(await verify(json, [other.key])).toBe("unknown-key");
  expect(await verify(json, [{ ...other.key, keyId: signer.key.keyId }])).toBe("wrong-key");
  expect(await verify(canonicalBytes({ document, signature: { ...signature, keyId: other.key.keyId } }))).toBe("wrong-key");
  expect(await verify(json, [{ ...signer.key, since: "2026-11-22T00:00:00.000Z" }])).toBe("key-not-in-use");
  expect(await verify(json, [{ ...signer.key, retiredAt: "2026-11-20T00:00:00.000Z" }])).toBe("key-not-in-use");
  expect(await verify(json, [other.key, { ...signer.key, retiredAt: "2026-11-22T00:00:00.000Z" }])).toBe("valid");
  expect(await verify(bytes("hello"))).toBe("not-a-certificate");
  expect(await verify(bytes("{}"))).toBe("not-a-certificate");
  expect(await verify(bytes("%PDF-1.7\nhello"))).toBe("pdf-without-certificate");
  expect(await verify(new Uint8Array(9 * 1024 * 1024))).toBe("too-large");
});

test("another text of a signature that would verify as well is refused", async () => {
  const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  const raw = Buffer.from(certificate.signature.value, "base64url");
  const s = BigInt(`0x${raw.subarray(32).toString("hex")}`);
  const mirrored = Buffer.concat([raw.subarray(0, 32), Buffer.from((order - s).toString(16).padStart(64, "0"), "hex")]);
  const value = mirrored.toString("base64url");
  const key = await crypto.subtle.importKey(
    "spki",
    Buffer.from(signer.key.publicKey, "base64url"),
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["verify"],
  );
  const signed = canonicalBytes(certificate.document);
  expect(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, new Uint8Array(mirrored), signed)).toBe(true);
  expect(await verify(canonicalBytes({ ...certificate, signature: { ...certificate.signature, value } }))).toBe("signature-invalid");
});

test("a PDF of one certificate with another inside is refused", async () => {
  const second = signer.sign(sampleDocument(signer.key.keyId));
  const mixed = Buffer.from(pdf).toString("latin1").replace(canonicalJson(certificate), canonicalJson(second));
  expect(await verify(new Uint8Array(Buffer.from(mixed, "latin1")))).toBe("pdf-changed");
});

test("links hold between neighbours of the chain and between a first stamp and its second, and are refused otherwise", async () => {
  const { keyId } = signer.key;
  const make = async (changes: Parameters<typeof sampleDocument>[1]) => {
    const verdict = await verifyCertificate(canonicalBytes(signer.sign(sampleDocument(keyId, changes))), keys);
    if (!verdict.valid) throw new Error(verdict.message);
    return verdict;
  };
  const gone = [{ ...(await import("../support/certificates/sample-certificate.ts")).sampleKey, state: "NotFound" as const }];
  const first = await make({});
  const { certificateId, pseudonym, operation } = first.certificate.document;
  const of = { pseudonym, operation, kind: "finality" as const, evidence: gone, closure: { certificateId, hash: first.hash } };
  const second = await make({ ...of, sequence: 2, previousHash: first.hash });
  expect(verifyLinks([second, first])).toMatchObject([
    { kind: "chain", holds: true },
    { kind: "finality", holds: true },
  ]);
  const holds = (...files: Awaited<ReturnType<typeof make>>[]) => verifyLinks(files).map((link) => link.holds);
  expect(holds(first, await make({ ...of, sequence: 2, previousHash: "0".repeat(64) }))).toEqual([false, true]);
  expect(holds(first, await make({ ...of, sequence: 3, closure: { certificateId, hash: "0".repeat(64) } }))).toEqual([false]);
  expect(holds(first, await make({ ...of, sequence: 3, pseudonym: "psn_00000000000000000000000000" }))).toEqual([false]);
  expect(holds(first, await make({}))).toEqual([false]);
  expect(holds(first, first)).toEqual([]);
});

test("a certificate of the first format holds as before, and has nothing that came later", async () => {
  const { keyId } = signer.key;
  const first = { ...sampleDocument(keyId), format: "leasehold/certificate/1" as const };
  const signed = signer.sign(first);
  expect(await verify(canonicalBytes(signed))).toBe("valid");
  expect(await verify(await renderPdf(signed))).toBe("valid");
  const finality = { ...first.finality, state: "customers" as const };
  const former = { until: first.issuedAt, copiesUntil: first.issuedAt };
  for (const later of [{ finality }, { keys: first.keys.map((key) => ({ ...key, former })) }]) {
    expect(await verify(canonicalBytes(signer.sign({ ...first, ...later })))).toBe("malformed");
    expect(await verify(canonicalBytes(signer.sign({ ...first, ...later, format: "leasehold/certificate/2" })))).toBe("valid");
  }
});

test("canonical JSON is one text for one value, and nothing else is read", () => {
  expect(canonicalJson({ b: [1, "\u20ac\n"], a: null, "\ud83d\ude00": true, "\ufb33": false, c: undefined })).toBe(
    '{"a":null,"b":[1,"\u20ac\\n"],"\ud83d\ude00":true,"\ufb33":false}',
  );
  for (const wrong of [1.5, 2 ** 53, -0, "\ud800", Number.NaN]) expect(() => canonicalJson(wrong)).toThrow(TypeError);
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      const read = readCanonical(bytes(text));
      if (read !== undefined) expect(canonicalJson(read.value)).toBe(text);
    }),
  );
  for (const text of ['{"a":1,"a":1}', '{"b":1,"a":1}', "[1 ]", "1.0", "1e2", '"\\u0041"', "[1,]", "-0", '{"__proto__":1}x'])
    expect(readCanonical(bytes(text)), text).toBeUndefined();
});

test("the command says what holds, and its exit code with it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"));
  const put = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const cli = fileURLToPath(import.meta.resolve("@leasehold/tenancy/certificates/verify-cli"));
  const run = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { encoding: "utf8", cwd: folder });
  put("keys.json", JSON.stringify({ keys }));
  const files = [put("one.json", json), put("one.pdf", pdf)];
  const changed = put("changed.json", flipped(json, 500, 0));
  const held = run(...files);
  expect(held.stdout).toContain("one.pdf: holds (pdf");
  expect(held.stdout).toContain("It does not prove");
  expect(held.status).toBe(0);
  expect(run(changed).stdout).toContain("REFUSED");
  expect(run(...files, changed).status).toBe(1);
  expect(run(files[0] ?? "", "--keys", put("other.json", JSON.stringify({ keys: [(await createSampleSigner()).key] }))).status).toBe(1);
  for (const args of [[], [join(folder, "missing.json")], [files[0] ?? "", "--keys", files[0] ?? ""]]) expect(run(...args).status).toBe(2);
  rmSync(folder, { recursive: true });
});
