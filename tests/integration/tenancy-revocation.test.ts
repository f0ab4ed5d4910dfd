import { publishPlacement } from "@leasehold/db/application/placement/publish-placement";
import { newId } from "@leasehold/domain/ids";
import { plans } from "@leasehold/domain/plans";
import { resolveContext } from "@leasehold/tenancy/resolve-context";
import { maxTokenLifetimeSeconds } from "@leasehold/tenancy/token/claims";
import { afterAll, beforeAll, expect, test } from "vitest";
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
const documentsOf = (tenant: ApplicationTenant) =>
  app.query<{ state: string }>("select state from app.documents where tenant_id = $1", [tenant.tenantId]);

/** An upload that has begun and goes on when told. */
async function beginUpload(tenant: ApplicationTenant) {
  const pieces = new TransformStream<Uint8Array, Uint8Array>();
  const writer = pieces.writable.getWriter();
  const client = await app.as(tenant);
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
  const upload = await beginUpload(tenant);
  const ended = await app
    .withToken("ended")
    .trpc.documents.list.query({})
    .catch((error: unknown) => error);
  expect(ended).toMatchObject({ data: { domainCode: "UNAUTHENTICATED" } });
  expect((await upload.end()).status).toBe(200);
  expect((await documentsOf(tenant)).map(({ state }) => state)).toEqual(["STORED"]);
}, 60_000);
