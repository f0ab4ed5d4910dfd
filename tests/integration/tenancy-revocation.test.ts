import { createServer } from "@leasehold/application/server";
import { publishPlacement } from "@leasehold/db/application/placement/publish-placement";
import { newId } from "@leasehold/domain/ids";
import { plans } from "@leasehold/domain/plans";
import { createLogger } from "@leasehold/tenancy/logger";
import { resolveContext } from "@leasehold/tenancy/resolve-context";
import { maxTokenLifetimeSeconds } from "@leasehold/tenancy/token/claims";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApiKey } from "../support/api-client.ts";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;

beforeAll(async () => {
  app = await createApplicationWorld();
});
afterAll(() => app?.[Symbol.asyncDispose]());

const publish = ({ tenantId, plan, placement }: ApplicationTenant) =>
  publishPlacement(app.world.pool("application", "worker"), { tenantId, plan, placement, state: "ACTIVE" });
const setHome = (tenant: ApplicationTenant, mode: "rw" | "ro") =>
  app.query("update app.tenant_home set mode = $2 where tenant_id = $1", [tenant.tenantId, mode]);
/** Why the application plane refuses somebody; `ok` when it does not. */
const reasonOf = (authority: string) =>
  app
    .withToken(authority)
    .trpc.documents.list.query({})
    .then(
      () => "ok",
      (error: { data?: { reason?: string } }) => error.data?.reason,
    );
const documentsOf = (tenant: ApplicationTenant) =>
  app.query<{ state: string }>("select state from app.documents where tenant_id = $1", [tenant.tenantId]);

/** An upload that has begun and goes on when told. */
async function beginUpload(tenant: ApplicationTenant, token?: string) {
  const pieces = new TransformStream<Uint8Array, Uint8Array>();
  const writer = pieces.writable.getWriter();
  const client = token === undefined ? await app.as(tenant) : app.withToken(token);
  const answer = client.put({ documentId: newId("document"), name: `slow ${Math.random()}` }, pieces.readable);
  await writer.write(new Uint8Array(200_000).fill(1));
  await expect.poll(async () => (await documentsOf(tenant)).map(({ state }) => state), { timeout: 10_000 }).toEqual(["UPLOADING"]);
  return {
    async end(): Promise<Response> {
      await writer.write(new Uint8Array(200_000).fill(2));
      await writer.close();
      return answer;
    },
  };
}

test("a tenant of another region is refused, and told which region it is in", async () => {
  const tenant = await app.createTenant();
  const elsewhere = { ...tenant, placement: { ...tenant.placement, region: "ap-southeast-2" } };
  await publish(elsewhere);
  const refusal = (await app.as(elsewhere)).trpc.documents.list.query({});
  await expect(refusal).rejects.toMatchObject({ data: { domainCode: "PRECONDITION_FAILED", reason: "tenant-other-region" } });
});

test("a change of plan reaches the next token at once, requests within five seconds, and an older token's claims end in a minute", async () => {
  const tenant = await app.createTenant({ plan: "starter" });
  const resolve = async (plan: string) => {
    const token = await app.world.tokenFor({ tenantId: tenant.tenantId, userId: newId("user"), plan });
    return resolveContext(app.kit, { authorization: `Bearer ${token}`, requestId: newId("request") });
  };
  expect(await resolve("starter")).toMatchObject({ plan: "starter", flags: plans.starter.entitlements });
  const changed = Date.now();
  await publish({ ...tenant, plan: "enterprise" });
  expect(await resolve("enterprise")).toMatchObject({ flags: plans.enterprise.entitlements });
  await expect.poll(async () => (await resolve("starter")).plan, { timeout: 10_000, interval: 200 }).toBe("enterprise");
  expect(Date.now() - changed).toBeLessThan(7_000);
  expect(maxTokenLifetimeSeconds).toBe(60);
}, 30_000);

test("an upload under way when its tenant is suspended does not become a document, and nothing of it stays", async () => {
  const tenant = await app.createTenant();
  const upload = await beginUpload(tenant);
  await setHome(tenant, "ro");
  await app.setState(tenant, "SUSPENDED");
  const answer = await upload.end();
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ error: { reason: "tenant-read-only" } });
  expect((await documentsOf(tenant)).filter(({ state }) => state === "STORED")).toEqual([]);
  await setHome(tenant, "rw");
  await app.setState(tenant, "ACTIVE");
  const client = await app.as(tenant);
  expect((await client.trpc.documents.list.query({})).documents).toEqual([]);
  expect((await client.put({ documentId: newId("document"), name: "afterwards" }, "x")).status).toBe(200);
}, 60_000);

test("an upload that was let in ends as it began although its person's token has ended meanwhile; the next request is refused", async () => {
  const tenant = await app.createTenant();
  const token = await app.world.tokenFor({ ...tenant, userId: newId("user"), lifetimeSeconds: 2 });
  const upload = await beginUpload(tenant, token);
  await expect.poll(() => reasonOf(token), { timeout: 20_000, interval: 500 }).toBe("token-expired");
  expect((await upload.end()).status).toBe(200);
  expect((await documentsOf(tenant)).map(({ state }) => state)).toEqual(["STORED"]);
}, 60_000);

test("an upload that was let in ends as it began although its API key was revoked meanwhile; the next request is refused", async () => {
  const tenant = await app.createTenant();
  const { key, keyId } = await makeApiKey(app, tenant);
  const upload = await beginUpload(tenant, key);
  await (await app.as(tenant, "owner")).trpc.apiKeys.revoke.mutate({ keyId });
  await expect.poll(() => reasonOf(key), { timeout: 20_000, interval: 500 }).toBe("api-key-refused");
  expect((await upload.end()).status).toBe(200);
  expect((await documentsOf(tenant)).map(({ state }) => state)).toEqual(["STORED"]);
}, 60_000);

describe("a download that is read slowly", () => {
  const bytes = 24 * 1024 * 1024;
  const [look, longest] = [200, 2_000];
  let server: FastifyInstance;
  let url: string;
  let tenant: ApplicationTenant;
  let documentId: string;

  beforeAll(async () => {
    const times = { lookEvery: look, longestByToken: longest };
    server = createServer(app.kit, createLogger({ name: "test", level: "silent" }), times);
    url = await server.listen({ host: "127.0.0.1", port: 0 });
    tenant = await app.createTenant();
    documentId = newId("document");
    const stored = await (await app.as(tenant)).put({ documentId, name: "large" }, new Uint8Array(bytes).fill(97));
    expect(stored.status).toBe(200);
  }, 60_000);
  afterAll(() => server.close());

  /** Its first bytes are read, and nothing more until `read`, which gives how many came and whether it was cut. */
  async function begin(authority: string) {
    const answer = await fetch(`${url}/documents/${documentId}/body`, { headers: { authorization: `Bearer ${authority}` } });
    expect(answer.status).toBe(200);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    let came = (await reader.read()).value?.byteLength ?? 0;
    return async () => {
      try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) came += next.value.byteLength;
        return { came, cut: false };
      } catch {
        return { came, cut: true };
      }
    };
  }

  const connections = () => new Promise<number>((resolve) => server.server.getConnections((_error, count) => resolve(count)));
  async function expectCut(read: Awaited<ReturnType<typeof begin>>) {
    await expect.poll(connections, { timeout: 20_000 }).toBe(0);
    const { came, cut } = await read();
    expect(cut).toBe(true);
    expect(came).toBeLessThan(bytes);
  }

  test("ends when its API key is revoked", async () => {
    const { key, keyId } = await makeApiKey(app, tenant);
    const read = await begin(key);
    await (await app.as(tenant, "owner")).trpc.apiKeys.revoke.mutate({ keyId });
    await expectCut(read);
  }, 60_000);

  test("ends when its tenant is suspended", async () => {
    const read = await begin((await makeApiKey(app, tenant)).key);
    await app.setState(tenant, "SUSPENDED");
    await expectCut(read);
    await app.setState(tenant, "ACTIVE");
  }, 60_000);

  test("ends after so long when it was begun by a token, and by an API key that is as it was lasts until it has been read", async () => {
    const byKey = await begin((await makeApiKey(app, tenant)).key);
    const byToken = await begin(await app.world.tokenFor({ ...tenant, userId: newId("user") }));
    await expect.poll(connections, { timeout: 20_000 }).toBe(1);
    expect(await byToken()).toMatchObject({ cut: true });
    expect(await byKey()).toEqual({ came: bytes, cut: false });
  }, 60_000);
});
