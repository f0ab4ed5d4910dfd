import { createPool } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { chooseFreePorts } from "@leasehold/infra/local/ports";
import { digestSecret, newSecret, readApiKey, writeApiKey } from "@leasehold/tenancy/api-keys/key-text";
import { createApiKeyVerifier } from "@leasehold/tenancy/api-keys/verify-api-key";
import { resolveContext } from "@leasehold/tenancy/resolve-context";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeApiKey, type RestClient, restClient } from "../support/api-client.ts";
import { startApp } from "../support/app-process.ts";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;
let tenant: ApplicationTenant;
const as = (key: string): RestClient => restClient(app.url, key);
const bearer = (key: string) => ({ authorization: `Bearer ${key}`, requestId: newId("request") });
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  app = await createApplicationWorld();
  tenant = await app.createTenant();
});
afterAll(() => app?.[Symbol.asyncDispose]());

describe("the text of a key", () => {
  it("is found by the documented pattern and read back, and a slip of the pen is noticed without asking anybody", async () => {
    const text = { tenantId: newId("tenant"), keyId: newId("apiKey"), secret: newSecret() };
    const key = writeApiKey(text);
    expect(key).toMatch(/^lhk_[0-9A-HJKMNP-TV-Z]{26}_[0-9A-HJKMNP-TV-Z]{26}_[0-9A-Za-z]{49}$/);
    expect(readApiKey(key)).toEqual(text);
    for (let at = 0; at < key.length; at++) {
      const other = key[at] === "0" ? "1" : "0";
      expect(readApiKey(`${key.slice(0, at)}${other}${key.slice(at + 1)}`)).toBeUndefined();
    }
  });

  it("is kept nowhere: the row has a digest bound to tenant and key, and the name is sealed", async () => {
    const { key, keyId } = await makeApiKey(app, tenant, { name: "Ledger export" });
    const [row] = await app.query<Record<string, unknown>>("select * from app.api_keys where key_id = $1", [keyId]);
    const parts = readApiKey(key);
    expect(row?.secret_hash).toEqual(digestSecret(parts as NonNullable<typeof parts>));
    expect(JSON.stringify(row)).not.toContain(parts?.secret);
    expect(JSON.stringify(row)).not.toContain(Buffer.from("Ledger export").toString("hex"));
    expect(Buffer.from((row?.name_cipher as Buffer | undefined) ?? "").includes("Ledger export")).toBe(false);
    expect(app.process.log()).not.toContain(parts?.secret);
  });
});

describe("a key", () => {
  it("is listed with its name, scopes, maker and expiry, and never with its text", async () => {
    const { keyId } = await makeApiKey(app, tenant, { name: "Listed", scopes: ["documents:read"], expiresInDays: 7 });
    const listed = await (await app.as(tenant, "admin")).trpc.apiKeys.list.query();
    const found = listed.find((one) => one.keyId === keyId);
    expect(found).toMatchObject({ name: "Listed", scopes: ["documents:read"], revokedAt: null, lastUsedAt: null });
    expect(found?.createdBy).toMatch(/^user:usr_/);
    expect(Math.round(((found?.expiresAt.getTime() ?? 0) - Date.now()) / 86_400_000)).toBe(7);
    expect(JSON.stringify(listed)).not.toMatch(/lhk_|secret/i);
  });

  it("does what its scopes name for its own tenant, and its actor is itself", async () => {
    const { key, keyId } = await makeApiKey(app, tenant, { scopes: ["documents:read"] });
    expect((await as(key)("GET", "/v1/documents")).status).toBe(200);
    const refused = await as(key)("POST", "/v1/folders", { name: "No" });
    expect([refused.status, refused.body]).toEqual([403, expect.objectContaining({ code: "FORBIDDEN", reason: "scope-missing" })]);
    const context = await resolveContext(app.kit, bearer(key));
    expect(context).toMatchObject({
      tenantId: tenant.tenantId,
      actor: { type: "api-key", keyId },
      roles: [],
      keyScopes: ["documents:read"],
    });
    const writer = await makeApiKey(app, tenant);
    const folder = await as(writer.key)("POST", "/v1/folders", { name: "Made by a program" });
    expect(folder.status).toBe(201);
    const audit = await app.query("select actor, action from app.audit where target = $1", [folder.body.folderId]);
    expect(audit).toEqual([{ actor: `api-key:${writer.keyId}`, action: "folder.created" }]);
  });

  it("makes, lists and revokes no keys", async () => {
    const { key, keyId } = await makeApiKey(app, tenant);
    expect((await as(key)("GET", "/v1/api-keys")).status).toBe(403);
    expect((await as(key)("POST", "/v1/api-keys", { name: "x", scopes: ["documents:read"] })).status).toBe(403);
    expect((await as(key)("DELETE", `/v1/api-keys/${keyId}`)).status).toBe(403);
  });

  it.each(["member", "viewer"] as const)("is neither made nor listed nor revoked by a %s", async (role) => {
    const { keyId } = await makeApiKey(app, tenant);
    const { trpc } = await app.as(tenant, role);
    const refused = { data: { domainCode: "FORBIDDEN" } };
    await expect(trpc.apiKeys.list.query()).rejects.toMatchObject(refused);
    await expect(trpc.apiKeys.create.mutate({ name: "x", scopes: ["documents:read"] })).rejects.toMatchObject(refused);
    await expect(trpc.apiKeys.revoke.mutate({ keyId })).rejects.toMatchObject(refused);
  });

  it("has no rate above its plan's, and takes another while it is in use, which the log says", async () => {
    const tenant = await app.createTenant({ limits: { rates: { keyRequestsPerSecond: 50 } } });
    const { key, keyId } = await makeApiKey(app, tenant);
    const { trpc } = await app.as(tenant, "admin");
    const above = { data: { domainCode: "VALIDATION", reason: "rate-above-plan", field: "rate.requestsPerSecond" } };
    const rate = { requestsPerSecond: 51, burst: 10 };
    await expect(trpc.apiKeys.create.mutate({ name: "x", scopes: ["documents:read"], rate })).rejects.toMatchObject(above);
    await expect(trpc.apiKeys.change.mutate({ keyId, rate })).rejects.toMatchObject(above);
    await expect(trpc.apiKeys.change.mutate({ keyId, rate: { requestsPerSecond: 1, burst: 251 } })).rejects.toMatchObject({
      data: { reason: "rate-above-plan", field: "rate.burst" },
    });
    await trpc.apiKeys.change.mutate({ keyId, rate: { requestsPerSecond: 0.5, burst: 3 } });
    expect((await trpc.apiKeys.list.query()).find((one) => one.keyId === keyId)?.rate).toEqual({ requestsPerSecond: 0.5, burst: 3 });
    expect(await resolveContext(app.kit, bearer(key))).toMatchObject({ keyRate: { requestsPerSecond: 0.5, burst: 3 } });
    const rows = await app.query("select action, details from app.audit where target = $1 order by audit_id", [keyId]);
    expect(rows.at(-1)).toEqual({ action: "api-key.changed", details: { rate: { requestsPerSecond: 0.5, burst: 3 } } });
    await trpc.apiKeys.revoke.mutate({ keyId });
    await expect(trpc.apiKeys.change.mutate({ keyId, rate: null })).rejects.toMatchObject({ data: { reason: "api-key-revoked" } });
  });

  it("of another tenant is not there to be changed or revoked", async () => {
    const { key, keyId } = await makeApiKey(app, tenant);
    const other = await app.as(await app.createTenant(), "owner");
    const unknown = { data: { domainCode: "NOT_FOUND" } };
    await expect(other.trpc.apiKeys.change.mutate({ keyId, rate: null })).rejects.toMatchObject(unknown);
    await expect(other.trpc.apiKeys.revoke.mutate({ keyId })).rejects.toMatchObject(unknown);
    expect((await as(key)("GET", "/v1/usage")).status).toBe(200);
  });

  it("is made and revoked with an audit row in the same transaction", async () => {
    const { keyId } = await makeApiKey(app, tenant);
    const owner = await app.as(tenant, "owner");
    for (let times = 0; times < 2; times++) await owner.trpc.apiKeys.revoke.mutate({ keyId });
    const rows = await app.query("select action from app.audit where target = $1 order by audit_id", [keyId]);
    expect(rows).toEqual([{ action: "api-key.created" }, { action: "api-key.revoked" }]);
  });

  it("repeated by its idempotency key is one key, whose text is not shown again", async () => {
    const owner = restClient(app.url, await app.world.tokenFor({ tenantId: tenant.tenantId, userId: newId("user") }));
    const input = { name: "Once", scopes: ["documents:read"], expiresInDays: 1 };
    const again = { "idempotency-key": newId("event") };
    const [first, second] = [await owner("POST", "/v1/api-keys", input, again), await owner("POST", "/v1/api-keys", input, again)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body.key).toMatch(/^lhk_/);
    expect(second.body).toEqual({ ...first.body, key: null });
  });

  it("notes its last use once a minute, off the request's path", async () => {
    const { key, keyId } = await makeApiKey(app, tenant);
    const used = () => app.query<{ at: Date | null }>("select last_used_at as at from app.api_keys where key_id = $1", [keyId]);
    await as(key)("GET", "/v1/usage");
    await expect.poll(async () => (await used())[0]?.at, { timeout: 5_000 }).toBeInstanceOf(Date);
    const [before] = await used();
    await sleep(4_200);
    await as(key)("GET", "/v1/usage");
    await sleep(300);
    expect((await used())[0]?.at).toEqual(before?.at);
  });
});

describe("a key that is refused", () => {
  const refusal = expect.objectContaining({ status: 401, code: "UNAUTHENTICATED", reason: "api-key-refused" });

  async function refusedKeys(): Promise<Record<string, string>> {
    const made = await makeApiKey(app, tenant);
    const parts = readApiKey(made.key) as NonNullable<ReturnType<typeof readApiKey>>;
    const revoked = await makeApiKey(app, tenant);
    const expired = await makeApiKey(app, tenant);
    await (await app.as(tenant, "owner")).trpc.apiKeys.revoke.mutate({ keyId: revoked.keyId });
    await app.query("update app.api_keys set expires_at = now() - interval '1 second' where key_id = $1", [expired.keyId]);
    const other = await app.createTenant();
    return {
      "wrong secret": writeApiKey({ ...parts, secret: newSecret() }),
      "unknown key": writeApiKey({ ...parts, keyId: newId("apiKey") }),
      "unknown tenant": writeApiKey({ ...parts, tenantId: newId("tenant") }),
      "another tenant's name on it": writeApiKey({ ...parts, tenantId: other.tenantId }),
      revoked: revoked.key,
      expired: expired.key,
    };
  }

  it("is answered in the same words whatever is wrong with it", async () => {
    const answers = [];
    for (const key of Object.values(await refusedKeys())) {
      const { status, body, headers } = await as(key)("GET", "/v1/documents");
      expect([status, body, headers.get("www-authenticate")]).toEqual([401, refusal, "Bearer"]);
      answers.push(JSON.stringify({ ...body, requestId: "" }));
    }
    expect(new Set(answers).size).toBe(1);
    for (const malformed of ["lhk_", "lhk_x", `lhk_${"0".repeat(26)}_${"0".repeat(26)}_${"a".repeat(49)}`]) {
      expect((await as(malformed)("GET", "/v1/documents")).body).toEqual(refusal);
    }
  });

  it("costs the same statements whatever is wrong with it", async () => {
    const counted: Record<string, string[]> = {};
    const pool = createPool(app.world.urlOf("application", "app_tenant"), { max: 1 });
    const named: string[] = [];
    const query = pool.query.bind(pool) as (config: { name: string }) => unknown;
    const observed = Object.assign(Object.create(pool), {
      query: (config: { name: string }) => {
        named.push(config.name);
        return query(config);
      },
    });
    const verifier = createApiKeyVerifier({ pool: observed, data: { ...app.kit.data, poolOf: async () => observed } });
    for (const [what, key] of Object.entries(await refusedKeys())) {
      for (let times = 0; times < 2; times++)
        await expect(verifier.verify(`Bearer ${key}`)).rejects.toMatchObject({ reason: "api-key-refused" });
      counted[what] = named.splice(0);
    }
    await pool.end();
    const each = ["tenant-locate", "read-key"];
    for (const statements of Object.values(counted)) expect(statements).toEqual([...each, ...each]);
    expect(Object.keys(counted)).toHaveLength(6);
  });

  it("of a tenant that is suspended or closed says so, and a wrong one says nothing of the tenant", async () => {
    const other = await app.createTenant();
    const { key } = await makeApiKey(app, other);
    const parts = readApiKey(key) as NonNullable<ReturnType<typeof readApiKey>>;
    for (const state of ["SUSPENDED", "CLOSED"] as const) {
      await app.setState(other, state);
      await app.query("update app.tenant_home set mode = 'closed' where tenant_id = $1", [other.tenantId]);
      await sleep(5_100);
      const right = await as(key)("GET", "/v1/documents");
      expect([right.status, right.body.reason]).toEqual([412, `tenant-${state.toLowerCase()}`]);
      const wrong = await as(writeApiKey({ ...parts, secret: newSecret() }))("GET", "/v1/documents");
      expect(wrong.body).toEqual(refusal);
    }
  });
});

describe("revoking", () => {
  it("holds at once where it was done, and within 5 s on another process that has just used the key", async () => {
    const { stack } = app.world;
    const beside = { ...stack, ports: { ...stack.ports, application: (await chooseFreePorts()).application } };
    await using other = await startApp(beside, "application", { TOKEN_ISSUERS: JSON.stringify(app.issuers) });
    expect(other.url).not.toBe(app.url);
    const { key, keyId } = await makeApiKey(app, tenant);
    const elsewhere = restClient(other.url, key);
    expect((await elsewhere("GET", "/v1/usage")).status).toBe(200);
    expect((await as(key)("GET", "/v1/usage")).status).toBe(200);
    await (await app.as(tenant, "owner")).trpc.apiKeys.revoke.mutate({ keyId });
    const begun = Date.now();
    expect((await as(key)("GET", "/v1/usage")).status).toBe(401);
    while ((await elsewhere("GET", "/v1/usage")).status !== 401) {
      expect(Date.now() - begun).toBeLessThan(5_000);
      await sleep(100);
    }
  });

  it("is not undone by a cache that is asked for many other keys", async () => {
    const small = createApiKeyVerifier({ pool: app.world.pool("application", "app_tenant"), data: app.kit.data, maxEntries: 2 });
    const keys = await Promise.all(Array.from({ length: 5 }, () => makeApiKey(app, tenant)));
    for (const { key, keyId } of [...keys, ...keys]) expect((await small.verify(`Bearer ${key}`)).keyId).toBe(keyId);
  });
});
