import { PutObjectCommand } from "@aws-sdk/client-s3";
import { newId } from "@leasehold/domain/ids";
import { workerIssuer } from "@leasehold/tenancy/token/claims";
import { signTenantToken } from "@leasehold/tenancy/token/sign-token";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;
let canaryTenant: ApplicationTenant;
let canary: { tenantId: string; documentId: string; bucket: string; objectKey: string; keyArn: string };

beforeAll(async () => {
  app = await createApplicationWorld();
  canaryTenant = await app.createTenant();
  const documentId = newId("document");
  const client = await app.as(canaryTenant);
  expect((await client.put({ documentId, name: "canary" }, "canary")).status).toBe(200);
  const [row] = await app.query<{ object_key: string }>("select object_key from app.documents where document_id = $1", [documentId]);
  const { bucket, keyArn } = canaryTenant.placement;
  canary = { tenantId: canaryTenant.tenantId, documentId, bucket, objectKey: row?.object_key ?? "", keyArn };
});
afterAll(() => app?.[Symbol.asyncDispose]());

const refusal = (domainCode: string, reason: string) => expect.objectContaining({ data: expect.objectContaining({ domainCode, reason }) });
const workerToken = ({ tenantId, plan }: ApplicationTenant) =>
  signTenantToken(app.world.stack.secrets.workerTokenKey, {
    issuer: workerIssuer,
    tenantId,
    plan,
    scope: "verification",
    operationId: newId("operation"),
  });
const verifier = async (tenant: ApplicationTenant) => app.withToken(await workerToken(tenant)).trpc;

describe("the verification of an onboarding", () => {
  it("stores, reads back and is refused what is the canary's, before the tenant is active, and leaves nothing", async () => {
    const tenant = await app.createTenant({ state: "PROVISIONING" });
    expect(await (await verifier(tenant)).verification.run.mutate({ canary })).toEqual({
      "own-write": "passed",
      "own-read": "passed",
      "canary-row": "refused",
      "canary-object": "refused",
      "canary-key": "refused",
      "clean-up": "passed",
    });
    for (const table of ["documents", "document_grams", "folders"]) {
      expect(await app.query(`select 1 from app.${table} where tenant_id = $1`, [tenant.tenantId])).toEqual([]);
    }
    expect(
      await app.query("select 1 from app.tenant_limits where tenant_id = $1 and documents = 0 and stored_bytes = 0", [tenant.tenantId]),
    ).toHaveLength(1);
  });

  it("fails by name when the object or the key is not refused", async () => {
    const tenant = await app.createTenant({ state: "PROVISIONING" });
    const trpc = await verifier(tenant);
    const own = tenant.placement;
    const readable = { ...canary, objectKey: `${own.objectPrefix}canary` };
    await app.s3.send(new PutObjectCommand({ Bucket: own.bucket, Key: readable.objectKey, Body: "x" }));
    await expect(trpc.verification.run.mutate({ canary: readable })).rejects.toEqual(
      refusal("PRECONDITION_FAILED", "verification-canary-object"),
    );
    const usable = { ...canary, keyArn: own.keyArn };
    await expect(trpc.verification.run.mutate({ canary: usable })).rejects.toEqual(
      refusal("PRECONDITION_FAILED", "verification-canary-key"),
    );
    expect(await app.query("select 1 from app.documents where tenant_id = $1", [tenant.tenantId])).toEqual([]);
  });

  it("fails by name when row-level security lets the canary's rows through", async () => {
    const tenant = await app.createTenant({ state: "PROVISIONING" });
    await app.query("create policy hole on app.documents for select to app_tenant using (true)");
    try {
      await expect((await verifier(tenant)).verification.run.mutate({ canary })).rejects.toEqual(
        refusal("PRECONDITION_FAILED", "verification-canary-row"),
      );
    } finally {
      await app.query("drop policy hole on app.documents");
    }
  });

  it("does not take a canary that is not there for one that was refused", async () => {
    const tenant = await app.createTenant({ state: "PROVISIONING" });
    const missing = { ...canary, objectKey: `${tenant.placement.objectPrefix}missing` };
    await expect((await verifier(tenant)).verification.run.mutate({ canary: missing })).rejects.toEqual(
      refusal("PRECONDITION_FAILED", "verification-canary-object"),
    );
  });

  it("carries on after a crash, and leaves an upload that people have under way alone", async () => {
    const tenant = await app.createTenant();
    const client = await app.as(tenant);
    const operationId = newId("operation");
    const [probe, upload] = [`doc_${operationId.slice(3)}`, newId("document")];
    for (const documentId of [probe, upload]) expect((await client.put({ documentId, name: documentId }, "x")).status).toBe(200);
    await app.query("update app.documents set state = 'UPLOADING' where tenant_id = $1", [tenant.tenantId]);
    const key = app.world.stack.secrets.workerTokenKey;
    const { tenantId, plan } = tenant;
    const token = await signTenantToken(key, { issuer: workerIssuer, tenantId, plan, scope: "verification", operationId });
    expect(await app.withToken(token).trpc.verification.run.mutate({ canary })).toMatchObject({ "clean-up": "passed" });
    expect(await app.query("select document_id, state from app.documents where tenant_id = $1", [tenantId])).toEqual([
      { document_id: upload, state: "UPLOADING" },
    ]);
  });

  it("is for the worker alone, whose token does nothing else", async () => {
    const tenant = await app.createTenant();
    const owner = await app.as(tenant, "owner");
    await expect(owner.trpc.verification.run.mutate({ canary })).rejects.toEqual(refusal("FORBIDDEN", "scope-missing"));
    const worker = app.withToken(await workerToken(tenant));
    await expect(worker.trpc.documents.list.query({})).rejects.toEqual(refusal("FORBIDDEN", "scope-missing"));
    expect((await worker.put({ documentId: newId("document"), name: "x" }, "x")).status).toBe(403);
  });
});

describe("a request", () => {
  it("is refused without a token, with a forged one, and for a tenant that is not known", async () => {
    for (const token of ["", "a.b.c"]) {
      await expect(app.withToken(token).trpc.documents.list.query({})).rejects.toMatchObject({ data: { domainCode: "UNAUTHENTICATED" } });
    }
    const plain = await fetch(`${app.url}/documents/${newId("document")}/body`);
    expect(plain.status).toBe(401);
    expect(await plain.json()).toMatchObject({ error: { code: "UNAUTHENTICATED", reason: "token-missing" } });
    const nobody = { ...canaryTenant, tenantId: newId("tenant") };
    await expect((await app.as(nobody)).trpc.documents.list.query({})).rejects.toEqual(refusal("NOT_FOUND", "tenant-unknown"));
  });

  it.each(["PROVISIONING", "SUSPENDED", "CLOSING", "SHREDDING", "CLOSED", "FAILED"] as const)(
    "is refused for a tenant that is %s",
    async (state) => {
      const client = await app.as(await app.createTenant({ state }), state === "CLOSING" ? "admin" : "owner");
      const refused = refusal("PRECONDITION_FAILED", `tenant-${state.toLowerCase()}`);
      await expect(client.trpc.documents.list.query({})).rejects.toEqual(refused);
      await expect(client.trpc.usage.summary.query()).rejects.toEqual(refused);
      expect((await client.put({ documentId: newId("document"), name: "x" }, "x")).status).toBe(412);
    },
  );

  it("of an owner reads what is being closed, and changes nothing of it", async () => {
    const tenant = await app.createTenant({ state: "CLOSING" });
    await app.query("update app.tenant_home set mode = 'closing' where tenant_id = $1", [tenant.tenantId]);
    const client = await app.as(tenant, "owner");
    expect(await client.trpc.documents.list.query({})).toMatchObject({ documents: [] });
    const refused = refusal("PRECONDITION_FAILED", "tenant-closing");
    await expect(client.trpc.documents.createFolder.mutate({ name: "Late" })).rejects.toEqual(refused);
    expect((await client.put({ documentId: newId("document"), name: "x" }, "x")).status).toBe(412);
  });

  it("is let in as soon as its tenant is active, and shut out within five seconds when it is suspended", async () => {
    const tenant = await app.createTenant({ state: "PROVISIONING" });
    const client = await app.as(tenant);
    await expect(client.trpc.usage.summary.query()).rejects.toEqual(refusal("PRECONDITION_FAILED", "tenant-provisioning"));
    await app.setState(tenant, "ACTIVE");
    await client.trpc.usage.summary.query();
    await app.setState(tenant, "SUSPENDED");
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    await expect(client.trpc.usage.summary.query()).rejects.toEqual(refusal("PRECONDITION_FAILED", "tenant-suspended"));
  });

  it("is refused at once by the fence, whatever is cached, while its tenant is frozen or after it moved", async () => {
    const tenant = await app.createTenant();
    const client = await app.as(tenant);
    await client.trpc.usage.summary.query();
    const set = (change: string) => app.query(`update app.tenant_home set ${change} where tenant_id = $1`, [tenant.tenantId]);
    await set("mode = 'ro'");
    await client.trpc.documents.list.query({});
    await expect(client.trpc.documents.createFolder.mutate({ name: "x" })).rejects.toEqual(refusal("UNAVAILABLE", "tenant-read-only"));
    await set("mode = 'rw', epoch = 2");
    await expect(client.trpc.documents.list.query({})).rejects.toEqual(refusal("UNAVAILABLE", "tenant-moved"));
    await app.query("update app.tenant_placement set epoch = 2 where tenant_id = $1", [tenant.tenantId]);
    await client.trpc.documents.list.query({});
  });

  it("is answered with its id, and without a word for other origins, caches or frames", async () => {
    const requestId = newId("request");
    const answer = await fetch(`${app.url}/healthz`, { headers: { "x-request-id": requestId, origin: "https://elsewhere.example" } });
    expect(await answer.json()).toEqual({ status: "ok" });
    expect(answer.headers.get("x-request-id")).toBe(requestId);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("strict-transport-security")).toBe("max-age=63072000; includeSubDomains");
  });

  it.each(["*", "../../etc", "x".repeat(1_000), "doc_%00", "1' or '1'='1"])(
    "for the document %j finds nothing and breaks nothing",
    async (id) => {
      const client = await app.as(canaryTenant);
      expect([400, 404]).toContain((await client.get(encodeURIComponent(id))).status);
      await expect(client.trpc.documents.get.query({ documentId: id })).rejects.toMatchObject({
        data: { domainCode: "VALIDATION", field: "documentId" },
      });
    },
  );

  it("with too large a JSON body is refused", async () => {
    const client = await app.as(canaryTenant);
    await expect(client.trpc.documents.createFolder.mutate({ name: "x".repeat(400_000) })).rejects.toMatchObject({
      name: "TRPCClientError",
    });
  });
});

it("ends in order on SIGTERM, and leaves no secret and no name in its log", async () => {
  const own = await createApplicationWorld({ LOG_LEVEL: "trace" });
  const tenant = await own.createTenant();
  const client = await own.as(tenant);
  expect((await client.put({ documentId: newId("document"), name: "merger-plan" }, "confidential-body")).status).toBe(200);
  await client.trpc.documents.list.query({ search: "merger" });
  await client.put({ documentId: newId("document"), name: "merger-plan" }, "x");
  await own.process.stop();
  const log = own.process.log();
  await own[Symbol.asyncDispose]();
  expect(log).toContain('"msg":"stopped"');
  const lines = log
    .split("\n")
    .filter((line) => line.includes('"msg":"request"'))
    .map((line) => JSON.parse(line));
  const requests = lines.filter(({ operation }) => operation !== "/healthz");
  expect(requests.map(({ operation, status }) => [operation, status])).toEqual([
    ["/documents/body", 200],
    ["documents.list", 200],
    ["/documents/body", 409],
  ]);
  for (const line of requests)
    expect(line).toMatchObject({
      tenantId: tenant.tenantId,
      actor: expect.stringMatching(/^user:usr_/),
      requestId: expect.stringMatching(/^req_/),
    });
  expect(log).not.toMatch(/merger|confidential|Bearer|eyJ/);
});
