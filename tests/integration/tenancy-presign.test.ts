import { createHash } from "node:crypto";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { maxPresignedSeconds, type PresignedUrl } from "@leasehold/tenancy/objects/presign-object";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;
let tenant: ApplicationTenant;
let other: ApplicationTenant;
const body = Buffer.from("a plain body");
const upload = { bytes: body.length, contentType: "text/plain", sha256: createHash("sha256").update(body).digest() };

beforeAll(async () => {
  app = await createApplicationWorld();
  [tenant, other] = [await app.createTenant(), await app.createTenant()];
});
afterAll(() => app?.[Symbol.asyncDispose]());

const keyIn = ({ placement }: ApplicationTenant, name: string) => `${placement.objectPrefix}plain/${name}`;

function ask({ method, url, headers }: PresignedUrl, sent: Buffer | undefined = undefined, changes: Record<string, string> = {}) {
  const { "content-length": _length, ...rest } = headers;
  return fetch(url, { method, headers: { ...rest, ...changes }, ...(sent === undefined ? {} : { body: new Uint8Array(sent) }) });
}

test("an upload and a download go by URLs that are bound to key, length, type and checksum", async () => {
  const key = keyIn(tenant, "one");
  const put = await app.kit.presign.put(tenant, key, upload);
  expect((await ask(put, body)).status).toBe(200);
  const get = await app.kit.presign.get(tenant, key, { fileName: "naïve (1).txt" });
  const answer = await ask(get);
  expect(await answer.text()).toBe("a plain body");
  expect(new URL(get.url).searchParams.get("response-content-disposition")).toBe("attachment; filename*=UTF-8''na%C3%AFve%20%281%29.txt");
  const signed = new URL(put.url).searchParams.get("X-Amz-SignedHeaders")?.split(";");
  expect(signed).toEqual(expect.arrayContaining(["content-length", "content-type", "host", "if-none-match", "x-amz-checksum-sha256"]));
});

test("a URL does nothing but what it was signed for", async () => {
  const key = keyIn(tenant, "bound");
  const put = await app.kit.presign.put(tenant, key, upload);
  expect((await ask(put, Buffer.concat([body, body]))).ok).toBe(false);
  expect((await ask(put, body, { "content-type": "text/html" })).ok).toBe(false);
  expect((await ask(put, body, { "x-amz-checksum-sha256": createHash("sha256").digest("base64") })).ok).toBe(false);
  const moved = { ...put, url: put.url.replace(tenant.tenantId, other.tenantId) };
  expect((await ask(moved, body)).status).toBe(403);
  const get = await app.kit.presign.get(tenant, key);
  expect((await ask({ ...get, url: get.url.replace("/bound", "/another") })).status).toBe(403);
  expect((await ask({ ...get, method: "PUT" }, body)).status).toBe(403);
  await expect(app.s3.send(new GetObjectCommand({ Bucket: tenant.placement.bucket, Key: key }))).rejects.toMatchObject({
    name: "NoSuchKey",
  });
});

test("a URL opens for its seconds and is refused after them, and none is signed for more than sixty", async () => {
  const key = keyIn(tenant, "short");
  await app.s3.send(new PutObjectCommand({ Bucket: tenant.placement.bucket, Key: key, Body: body }));
  const get = await app.kit.presign.get(tenant, key, { expiresSeconds: 1 });
  expect((await ask(get)).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  expect((await ask(get)).status).toBe(403);
  const longest = await app.kit.presign.get(tenant, key);
  expect(new URL(longest.url).searchParams.get("X-Amz-Expires")).toBe(String(maxPresignedSeconds));
  for (const expiresSeconds of [61, 3_600, 0, -1, 1.5, Number.NaN]) {
    await expect(app.kit.presign.get(tenant, key, { expiresSeconds })).rejects.toThrow(RangeError);
    await expect(app.kit.presign.put(tenant, key, upload, { expiresSeconds })).rejects.toThrow(RangeError);
  }
});

test("a key outside the tenant's prefix, or one that climbs out of it, is not signed for", async () => {
  const { objectPrefix } = tenant.placement;
  const outside = [keyIn(other, "x"), objectPrefix, `${objectPrefix}../${other.tenantId}/x`, `${objectPrefix}a//b`, `${objectPrefix}./a`];
  for (const key of [...outside, `${objectPrefix}a/../b`, `${objectPrefix}a?x`, `/${objectPrefix}a`, "x", ""]) {
    await expect(app.kit.presign.get(tenant, key)).rejects.toThrow(/prefix/);
    await expect(app.kit.presign.put(tenant, key, upload)).rejects.toThrow(/prefix/);
  }
});

test("another tenant's credentials sign for nothing of this one's", async () => {
  await app.s3.send(new PutObjectCommand({ Bucket: tenant.placement.bucket, Key: keyIn(tenant, "own"), Body: body }));
  const confused = { ...other, placement: { ...other.placement, objectPrefix: tenant.placement.objectPrefix } };
  const clients = await app.kit.aws.clientsFor(other, app.kit.vendor);
  const { createObjectPresigner } = await import("@leasehold/tenancy/objects/presign-object");
  const presigner = createObjectPresigner({ s3For: async () => clients.s3 });
  expect((await ask(await presigner.get(confused, keyIn(tenant, "own")))).status).toBe(403);
  expect((await ask(await presigner.put(confused, keyIn(tenant, "planted"), upload), body)).status).toBe(403);
});
