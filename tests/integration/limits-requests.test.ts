import { newId } from "@leasehold/domain/ids";
import type { RequestRates } from "@leasehold/domain/plans";
import { chooseFreePorts } from "@leasehold/infra/local/ports";
import { workerIssuer } from "@leasehold/tenancy/token/claims";
import { signTenantToken } from "@leasehold/tenancy/token/sign-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;
beforeAll(async () => {
  app = await createApplicationWorld();
});
afterAll(() => app?.[Symbol.asyncDispose]());

const scarce = { requestsPerSecond: 0.1, burst: 3, requestsPerDay: 1_000, concurrentRequests: 5 };
const limited = (rates: Partial<RequestRates> = {}) => app.createTenant({ limits: { rates: { ...scarce, ...rates } } });
const tokenOf = ({ tenantId, plan }: ApplicationTenant) => app.world.tokenFor({ tenantId, userId: newId("user"), plan });

/** Asks as a program does: the answer with its headers, whatever it says. */
async function ask(
  tenant: ApplicationTenant,
  path: string,
  options: { method?: string; body?: BodyInit; url?: string; headers?: Record<string, string> } = {},
) {
  const headers = { authorization: `Bearer ${await tokenOf(tenant)}`, ...options.headers };
  const answer = await fetch(`${options.url ?? app.url}${path}`, { ...options, headers });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as never };
}
const summary = "/trpc/usage.summary";
const drain = async (tenant: ApplicationTenant) => {
  for (let count = 0; count < scarce.burst; count++) expect((await ask(tenant, summary)).status).toBe(200);
};

describe("answers", () => {
  test("say the quotas and what is left of them", async () => {
    const tenant = await limited();
    const first = await ask(tenant, summary);
    expect(first.status).toBe(200);
    expect(first.headers.get("ratelimit-policy")).toBe(
      '"burst";q=3;w=30, "daily";q=1000;w=86400, "concurrent";q=5;qu="concurrent-requests"',
    );
    expect(first.headers.get("ratelimit")).toMatch(/^"burst";r=2;t=10, "daily";r=999;t=\d+$/);
    expect((await ask(tenant, summary)).headers.get("ratelimit")).toMatch(/^"burst";r=1;t=10, "daily";r=998;t=\d+$/);
    expect(first.headers.get("retry-after")).toBeNull();
  });

  test("that refuse are 429, say which limit and when to come again, in the shape of the procedure's own errors", async () => {
    const tenant = await limited();
    await drain(tenant);
    const refused = await ask(tenant, summary);
    expect(refused.status).toBe(429);
    const retryAfter = Number(refused.headers.get("retry-after"));
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(refused.headers.get("ratelimit")).toBe(`"burst";r=0;t=${retryAfter}`);
    expect(refused.headers.get("ratelimit-policy")).toContain('"burst";q=3;w=30');
    expect(refused.headers.get("x-content-type-options")).toBe("nosniff");
    const client = (await app.as(tenant)).trpc;
    await expect(client.usage.summary.query()).rejects.toMatchObject({
      message: expect.stringMatching(/^Too many requests for this workspace\. Try again in/),
      data: {
        code: "TOO_MANY_REQUESTS",
        httpStatus: 429,
        domainCode: "LIMIT_EXCEEDED",
        reason: "rate-limit",
        retryAfterSeconds: expect.any(Number),
      },
    });
  });

  test("of the REST interface are problems with the same headers", async () => {
    const tenant = await limited();
    for (let count = 0; count < scarce.burst; count++) expect((await ask(tenant, "/v1/usage")).status).toBe(200);
    const refused = await ask(tenant, "/v1/usage");
    expect(refused).toMatchObject({ status: 429, body: { status: 429, code: "LIMIT_EXCEEDED", reason: "rate-limit" } });
    expect(refused.headers.get("content-type")).toContain("application/problem+json");
    expect(refused.headers.get("ratelimit")).toBe(`"burst";r=0;t=${refused.headers.get("retry-after")}`);
  });

  test("of the body routes refuse in their shape, before the body is read", async () => {
    const tenant = await limited();
    await drain(tenant);
    const path = `/documents/body?${new URLSearchParams({ documentId: newId("document"), name: "x" })}`;
    const refused = await ask(tenant, path, {
      method: "PUT",
      body: Buffer.alloc(8 * 1024 ** 2),
      headers: { "content-type": "text/plain" },
    });
    expect(refused).toMatchObject({ status: 429, body: { error: { code: "LIMIT_EXCEEDED", reason: "rate-limit" } } });
    expect(refused.headers.get("retry-after")).not.toBeNull();
    expect(await app.query("select 1 from app.documents where tenant_id = $1", [tenant.tenantId])).toEqual([]);
  });

  test("to nobody's requests say nothing of limits", async () => {
    const answer = await fetch(`${app.url}${summary}`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("ratelimit")).toBeNull();
  });
});

describe("what counts", () => {
  test("each procedure of a batch", async () => {
    const tenant = await limited({ burst: 5 });
    const batch = (count: number) => ask(tenant, `/trpc/${Array(count).fill("usage.summary").join(",")}?batch=1`);
    expect((await batch(4)).status).toBe(200);
    const refused = await batch(2);
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual([
      expect.objectContaining({
        error: expect.objectContaining({ json: expect.objectContaining({ data: expect.objectContaining({ reason: "rate-limit" }) }) }),
      }),
      expect.objectContaining({ error: expect.anything() }),
    ]);
    expect(await batch(6)).toMatchObject({ status: 400 });
  });

  test("a tenant's requests against that tenant alone", async () => {
    const [one, other] = [await limited(), await limited()];
    await drain(one);
    expect((await ask(one, summary)).status).toBe(429);
    await drain(other);
  });

  test("an API key's requests against a rate of its own, which leaves room for people", async () => {
    const tenant = await limited({ burst: 50, keyRequestsPerSecond: 0.2 });
    const { trpc } = await app.as(tenant, "admin");
    const made = await Promise.all(["one", "other"].map((name) => trpc.apiKeys.create.mutate({ name, scopes: ["documents:read"] })));
    const [one, other] = made.map(({ key }) => ({ headers: { authorization: `Bearer ${key}` } }));
    const first = await ask(tenant, summary, one);
    expect(first.status).toBe(200);
    expect(first.headers.get("ratelimit-policy")).toContain('"key";q=1;w=5');
    const refused = await ask(tenant, summary, one);
    expect(refused).toMatchObject({ status: 429, body: { error: { json: { data: { reason: "key-rate-limit" } } } } });
    expect(refused.headers.get("ratelimit")).toMatch(/^"key";r=0;t=\d+$/);
    expect((await ask(tenant, summary, other)).status).toBe(200);
    expect((await ask(tenant, summary)).status).toBe(200);
  });

  test("an API key's requests against a daily quota of its own, however slowly they come", async () => {
    const tenant = await limited({ burst: 50, requestsPerSecond: 50, keyRequestsPerSecond: 50 });
    const { trpc } = await app.as(tenant, "admin");
    const rate = { requestsPerSecond: 50, burst: 50, requestsPerDay: 3 };
    const make = (given: typeof rate) => trpc.apiKeys.create.mutate({ name: "x", scopes: ["documents:read"], rate: given });
    const above = { data: { domainCode: "VALIDATION", reason: "rate-above-plan", field: "rate.requestsPerDay" } };
    await expect(make({ ...rate, requestsPerDay: 1_001 })).rejects.toMatchObject(above);
    const made = await make(rate);
    const by = (path = "/v1/usage") => ask(tenant, path, { headers: { authorization: `Bearer ${made.key}` } });
    const first = await by();
    expect(first.headers.get("ratelimit-policy")).toContain('"key-daily";q=3;w=86400');
    expect(first.headers.get("ratelimit")).toMatch(/^"key-daily";r=2;t=\d+, /);
    for (let count = 0; count < 2; count++) expect((await by()).status).toBe(200);
    const refused = await by();
    expect(refused).toMatchObject({ status: 429, body: { reason: "key-daily-limit" } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(1);
    expect(refused.headers.get("ratelimit")).toBe(`"key-daily";r=0;t=${refused.headers.get("retry-after")}`);
    // The workspace's own day goes on.
    expect((await ask(tenant, "/v1/usage")).status).toBe(200);
    await trpc.apiKeys.change.mutate({ keyId: made.keyId, rate: { ...rate, requestsPerDay: 10 } });
    await expect.poll(async () => (await by()).status, { timeout: 5_000 }).toBe(200);
  });

  test("an API key's requests against the rate that it was given, and what is tightest comes first", async () => {
    const tenant = await limited({ burst: 50, keyRequestsPerSecond: 10 });
    const { trpc } = await app.as(tenant, "admin");
    const rate = { requestsPerSecond: 0.2, burst: 2 };
    const [slow, free] = await Promise.all(
      [rate, null].map((given) => trpc.apiKeys.create.mutate({ name: "x", scopes: ["documents:read"], rate: given })),
    );
    const by = (key: typeof slow) => ask(tenant, "/v1/usage", { headers: { authorization: `Bearer ${key?.key}` } });
    const first = await by(slow);
    expect(first.headers.get("ratelimit-policy")).toContain('"key";q=2;w=10');
    expect(first.headers.get("ratelimit")).toMatch(/^"key";r=1;t=5, "burst";r=\d+;/);
    expect((await by(slow)).status).toBe(200);
    expect(await by(slow)).toMatchObject({ status: 429, body: { reason: "key-rate-limit" } });
    const other = await by(free);
    expect(other.headers.get("ratelimit-policy")).toContain('"key";q=50;w=5');
    // Once changed, as soon as what this process has leased is used.
    await trpc.apiKeys.change.mutate({ keyId: free?.keyId ?? "", rate });
    let changed = await by(free);
    for (let count = 0; count < 30 && changed.status === 200; count++) changed = await by(free);
    expect(changed).toMatchObject({ status: 429, body: { reason: "key-rate-limit" } });
    expect(changed.headers.get("ratelimit-policy")).toContain('"key";q=2;w=10');
  });

  test("not the worker's verification of an onboarding", async () => {
    const tenant = await limited({ burst: 1 });
    const issuer = { issuer: workerIssuer, tenantId: tenant.tenantId, plan: tenant.plan };
    const token = await signTenantToken(app.world.stack.secrets.workerTokenKey, {
      ...issuer,
      scope: "verification",
      operationId: newId("operation"),
    });
    const { trpc } = app.withToken(token);
    for (let count = 0; count < 4; count++)
      await expect(trpc.usage.summary.query()).rejects.toMatchObject({ data: { domainCode: "FORBIDDEN" } });
  });

  test("requests of the day, which the tenant can read", async () => {
    const tenant = await limited({ burst: 50 });
    const { trpc } = await app.as(tenant);
    for (let count = 0; count < 4; count++) await trpc.usage.summary.query();
    expect(await trpc.usage.requests.query()).toMatchObject({ requestsToday: 5, requestsPerDay: 1_000, burst: 50, requestsPerSecond: 0.1 });
  });

  test("requests at once: one waits, the next is refused", async () => {
    const tenant = await limited({ burst: 50, concurrentRequests: 1 });
    const { promise: rest, resolve: finish } = Promise.withResolvers<void>();
    const body = new ReadableStream({
      async start(controller) {
        // More than is looked at before anything is kept.
        controller.enqueue(new TextEncoder().encode("begin".repeat(2_000)));
        await rest;
        controller.close();
      },
    });
    const client = await app.as(tenant);
    const slow = client.put({ documentId: newId("document"), name: "slow" }, body);
    await expect.poll(() => app.query("select 1 from app.documents where tenant_id = $1", [tenant.tenantId])).toHaveLength(1);
    const waiting = ask(tenant, summary);
    const refused = await Promise.all([ask(tenant, summary), ask(tenant, summary)]);
    for (const answer of refused)
      expect(answer).toMatchObject({ status: 429, body: { error: { json: { data: { reason: "concurrency-limit" } } } } });
    expect(refused[0]?.headers.get("ratelimit")).toBe('"concurrent";r=0;t=1');
    expect((await waiting).status).toBe(429);
    finish();
    expect((await slow).status).toBe(200);
    expect((await ask(tenant, summary)).status).toBe(200);
  });
});

const untilHealthy = (url: string) =>
  expect
    .poll(
      () =>
        fetch(`${url}/healthz`).then(
          (answer) => answer.ok,
          () => false,
        ),
      { timeout: 30_000 },
    )
    .toBe(true);

describe("several processes", () => {
  test("share a tenant's bucket, and one that starts again finds it as it was", async () => {
    const tenant = await limited({ burst: 30, requestsPerSecond: 0.001 });
    const { application: port } = await chooseFreePorts();
    const settings = { TOKEN_ISSUERS: JSON.stringify(app.issuers), APPLICATION_PORT: String(port) };
    const url = `http://127.0.0.1:${port}`;
    const askTimes = async (times: number, urls: string[]) => {
      let admitted = 0;
      for (let count = 0; count < times; count++)
        if ((await ask(tenant, summary, { url: urls[count % urls.length] ?? "" })).status === 200) admitted += 1;
      return admitted;
    };
    const second = await app.world.start("application", settings);
    await untilHealthy(url);
    const admitted = await askTimes(40, [app.url, url]);
    expect(admitted).toBeGreaterThanOrEqual(28);
    expect(admitted).toBeLessThanOrEqual(32);
    await second.stop();
    const third = await app.world.start("application", settings);
    await untilHealthy(url);
    expect(admitted + (await askTimes(10, [url]))).toBeLessThanOrEqual(34);
    await third.stop();
  });
});
