import { newId } from "@leasehold/domain/ids";
import type { AppContext } from "@leasehold/tenancy/context";
import { runOnce } from "@leasehold/tenancy/idempotency/run-once";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeApiKey, type RestClient, restClient } from "../support/api-client.ts";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;
let tenant: ApplicationTenant;
let call: RestClient;

beforeAll(async () => {
  app = await createApplicationWorld();
  tenant = await app.createTenant();
  call = restClient(app.url, (await makeApiKey(app, tenant)).key);
});
afterAll(() => app?.[Symbol.asyncDispose]());

const withKey = (key: string) => ({ "idempotency-key": key });
const foldersOf = (of: ApplicationTenant) => app.query("select folder_id from app.folders where tenant_id = $1", [of.tenantId]);
const keysOf = (of: ApplicationTenant) =>
  app.query<{ sealed: Buffer; actor: string }>("select sealed, actor from app.idempotency_keys where tenant_id = $1", [of.tenantId]);

it("the same key and body is answered as before, and has one effect", async () => {
  const key = newId("event");
  const before = await foldersOf(tenant);
  const first = await call("POST", "/v1/folders", { name: "Contracts" }, withKey(key));
  const again = await call("POST", "/v1/folders", { parentId: undefined, name: "Contracts" }, withKey(key));
  expect(first.status).toBe(201);
  expect([again.status, again.body]).toEqual([201, first.body]);
  expect(await foldersOf(tenant)).toHaveLength(before.length + 1);
  const audit = await app.query("select 1 from app.audit where target = $1", [first.body.folderId]);
  expect(audit).toHaveLength(1);
});

it("the same key with another body, or for another change, is refused and changes nothing", async () => {
  const key = newId("event");
  const { body: folder } = await call("POST", "/v1/folders", { name: "Minutes" }, withKey(key));
  const before = await foldersOf(tenant);
  for (const other of [
    await call("POST", "/v1/folders", { name: "Other" }, withKey(key)),
    await call("PATCH", `/v1/folders/${folder.folderId}`, { name: "Minutes" }, withKey(key)),
    await call("DELETE", `/v1/folders/${folder.folderId}`, undefined, withKey(key)),
  ]) {
    expect([other.status, other.body.reason]).toEqual([409, "idempotency-key-reused"]);
  }
  expect(await foldersOf(tenant)).toEqual(before);
});

it("twenty at once with one key are one effect and twenty equal answers", async () => {
  const key = newId("event");
  const before = await foldersOf(tenant);
  const answers = await Promise.all(Array.from({ length: 20 }, () => call("POST", "/v1/folders", { name: "At once" }, withKey(key))));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(answers[0]?.status).toBe(201);
  expect(await foldersOf(tenant)).toHaveLength(before.length + 1);
});

it("twenty at once with one key and two bodies are one effect; the others are refused", async () => {
  const key = newId("event");
  const before = await foldersOf(tenant);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => call("POST", "/v1/folders", { name: `Body ${index % 2}` }, withKey(key))),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(10);
  expect(await foldersOf(tenant)).toHaveLength(before.length + 1);
});

it("what failed is not kept: the same key succeeds once the reason is gone", async () => {
  const key = newId("event");
  const { body: parent } = await call("POST", "/v1/folders", { name: "Full" });
  const { body: child } = await call("POST", "/v1/folders", { name: "Child", parentId: parent.folderId });
  expect((await call("DELETE", `/v1/folders/${parent.folderId}`, undefined, withKey(key))).status).toBe(412);
  expect((await call("DELETE", `/v1/folders/${child.folderId}`)).status).toBe(204);
  expect((await call("DELETE", `/v1/folders/${parent.folderId}`, undefined, withKey(key))).status).toBe(204);
  expect((await call("DELETE", `/v1/folders/${parent.folderId}`, undefined, withKey(key))).status).toBe(204);
  expect((await call("DELETE", `/v1/folders/${parent.folderId}`)).status).toBe(404);
});

it("one key of two actors, or of two tenants, is two keys: nobody is answered what somebody else was", async () => {
  const key = newId("event");
  const other = await app.createTenant();
  const others = [restClient(app.url, (await makeApiKey(app, tenant)).key), restClient(app.url, (await makeApiKey(app, other)).key)];
  const asked = (one: RestClient, name = "Mine") => one("POST", "/v1/folders", { name }, withKey(key));
  const first = await asked(call);
  const [colleague, stranger] = await Promise.all(others.map((one) => asked(one)));
  expect(colleague?.body.reason).toBe("name-taken");
  expect(stranger?.status).toBe(201);
  expect(stranger?.body.folderId).not.toBe(first.body.folderId);
  const theirs = await asked(others[0] as RestClient, "Theirs");
  expect([theirs.status, theirs.body.name]).toEqual([201, "Theirs"]);
  expect((await asked(call)).body).toEqual(first.body);
});

it("names are in none of its columns, and nothing in it opens for another tenant, actor or key", async () => {
  const own = await app.createTenant();
  const [one, other] = await Promise.all([1, 2].map(async () => restClient(app.url, (await makeApiKey(app, own)).key)));
  const asks = (by: RestClient | undefined, name: string) => by?.("POST", "/v1/folders", { name }, withKey("acquisition-of-harbour"));
  await asks(one, "Acquisition of Harbour");
  const [kept] = await keysOf(own);
  await asks(other, "Sale of Harbour");
  await app.query("update app.idempotency_keys set sealed = $2 where tenant_id = $1 and actor <> $3", [
    own.tenantId,
    kept?.sealed,
    kept?.actor,
  ]);
  expect((await asks(other, "Acquisition of Harbour"))?.status).toBe(500);
  const rows = await keysOf(own);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(row.sealed.includes("Harbour")).toBe(false);
    expect(JSON.stringify(row)).not.toMatch(/harbour/i);
  }
});

it("an answer can be asked for during a day; after that the key is free, and its row is swept", async () => {
  const own = await app.createTenant();
  const one = restClient(app.url, (await makeApiKey(app, own)).key);
  const key = newId("event");
  const first = await one("POST", "/v1/folders", { name: "Yesterday" }, withKey(key));
  await app.query("update app.idempotency_keys set expires_at = now() - interval '1 second' where tenant_id = $1", [own.tenantId]);
  expect((await one("POST", "/v1/folders", { name: "Yesterday" }, withKey(key))).body.reason).toBe("name-taken");
  expect((await one("POST", "/v1/folders", { name: "Today" }, withKey(key))).status).toBe(201);
  expect((await one("POST", "/v1/folders", { name: "Today" }, withKey(key))).body.folderId).not.toBe(first.body.folderId);
});

it("a change of the REST interface without a key, or with a malformed one, is refused; tRPC may leave it out", async () => {
  for (const key of ["", "x".repeat(256), "a b", "ü"]) {
    const headers: Record<string, string> = key === "" ? {} : { "idempotency-key": Buffer.from(key).toString("latin1") };
    const bare = await fetch(`${app.url}/v1/folders`, {
      method: "POST",
      body: JSON.stringify({ name: "No key" }),
      headers: { "content-type": "application/json", authorization: `Bearer ${(await makeApiKey(app, tenant)).key}`, ...headers },
    });
    expect(bare.status).toBe(400);
    expect(await bare.json()).toMatchObject({ code: "VALIDATION", errors: [{ field: "Idempotency-Key" }] });
  }
  await (await app.as(tenant)).trpc.documents.createFolder.mutate({ name: "By tRPC" });
});

it("a deletion that is asked for again is done, and is not refused as missing", async () => {
  const documentId = newId("document");
  expect((await (await app.as(tenant)).put({ documentId, name: "gone.txt" }, "x")).status).toBe(200);
  const key = newId("event");
  const remove = () => call("DELETE", `/v1/documents/${documentId}`, undefined, withKey(key));
  expect([(await remove()).status, (await remove()).status, (await remove()).status]).toEqual([204, 204, 204]);
  expect((await call("DELETE", `/v1/documents/${documentId}`)).status).toBe(404);
});

it("work that fails after its claim, or gives bytes, which may be sealed by themselves, leaves neither effect nor key", async () => {
  const own = await app.createTenant();
  const { tenantId, plan, placement } = own;
  const context: AppContext = {
    ...{ tenantId, plan, placement, requestId: newId("request"), roles: ["owner"], tokenScope: undefined },
    actor: { type: "user", userId: newId("user") },
  };
  const request = { key: "one", operation: "test", input: { at: new Date(0) } };
  const failing = runOnce(app.kit, context, request, async () => Promise.reject(new Error("cut short")));
  await expect(failing).rejects.toThrow();
  await expect(runOnce(app.kit, context, request, async () => ({ nameCipher: Buffer.from("sealed") }))).rejects.toThrow("holds bytes");
  expect(await keysOf(own)).toEqual([]);
  const answers = [1, 2].map((number) => runOnce(app.kit, context, request, async () => ({ number, at: new Date(number) })));
  const [first, second] = await Promise.all(answers);
  expect(first).toEqual(second);
  expect(first?.at).toBeInstanceOf(Date);
});
