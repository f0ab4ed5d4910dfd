import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { newId } from "@leasehold/domain/ids";
import { plans } from "@leasehold/domain/plans";
import { awsTagsClaim, type TokenRefusal, tokenAudience, workerIssuer } from "@leasehold/tenancy/token/claims";
import { signTenantToken } from "@leasehold/tenancy/token/sign-token";
import { createTokenVerifier } from "@leasehold/tenancy/token/verify-token";
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from "jose";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

const portal = "https://portal.example";
const tenantId = newId("tenant");
const userId = newId("user");
const operationId = newId("operation");
let portalKey: JWK;
let rotatedKey: JWK;
let workerKey: JWK;
let served: JWK[] = [];
let keyFetches = 0;
let server: Server;
let jwksUri: string;

async function makeKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  return { ...(await exportJWK(privateKey)), kid };
}

const publicHalf = ({ d: _private, ...key }: JWK) => key;
const inline = (issuer: string, key: JWK) => ({ issuer, jwks: { keys: [publicHalf(key)] } }) as never;
const verifier = () => createTokenVerifier([inline(portal, portalKey), inline(workerIssuer, workerKey)]);
const verify = (token: string) => verifier().verify(`Bearer ${token}`);
const good = () => signTenantToken(portalKey, { issuer: portal, subject: userId, tenantId, plan: "pro", roles: ["member"] });

/** A token whose claims are the good ones but for `changes`; undefined leaves a claim out. */
async function forge(changes: JWTPayload, key: JWK = portalKey): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const tags = { principal_tags: { TenantID: [tenantId], Plan: ["pro"] } };
  const claims = {
    iss: portal,
    aud: tokenAudience,
    sub: userId,
    jti: "j",
    iat: now,
    exp: now + 60,
    tenant_id: tenantId,
    roles: ["member"],
  };
  const payload = Object.fromEntries(
    Object.entries({ ...claims, [awsTagsClaim]: tags, ...changes }).filter(([, value]) => value !== undefined),
  );
  return new SignJWT(payload).setProtectedHeader({ alg: "EdDSA", kid: key.kid as string }).sign(await importJWK(key, "EdDSA"));
}

beforeAll(async () => {
  [portalKey, rotatedKey, workerKey] = await Promise.all([makeKey("p1"), makeKey("p2"), makeKey("w1")]);
  server = createServer((_request, response) => {
    keyFetches += 1;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: served.map(publicHalf) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  jwksUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`;
});
afterAll(() => void server.close());

it("reads who, for which one tenant and in which roles from a good token", async () => {
  expect(await verify(await good())).toMatchObject({ subject: userId, tenantId, plan: "pro", roles: ["member"], scope: undefined });
});

it("takes the worker's scope from the worker alone", async () => {
  const token = await signTenantToken(workerKey, { issuer: workerIssuer, tenantId, plan: "pro", scope: "verification", operationId });
  expect(await verify(token)).toMatchObject({ scope: "verification", operationId, roles: [] });
});

const now = () => Math.floor(Date.now() / 1000);
const tags = (principal_tags: unknown) => ({ [awsTagsClaim]: { principal_tags } });
const refusals: [string, TokenRefusal, () => Promise<string> | string][] = [
  ["is signed by another issuer's key", "token-signature", () => forge({}, { ...workerKey, kid: "p1" })],
  ["names a key that its issuer does not have", "token-signature", () => forge({}, workerKey)],
  ["comes from an unknown issuer", "token-issuer-unknown", () => forge({ iss: "https://elsewhere.example" })],
  ["is not signed", "token-malformed", () => new UnsecuredJWT({ tenant_id: tenantId }).setIssuer(portal).encode()],
  ["is for another audience", "token-audience", () => forge({ aud: "elsewhere" })],
  ["has expired", "token-expired", () => forge({ iat: now() - 60, exp: now() - 1 })],
  ["comes from the future", "token-not-yet-valid", () => forge({ iat: now() + 30, exp: now() + 60 })],
  ["lives longer than 60 seconds", "token-lifetime", () => forge({ exp: now() + 120 })],
  ["has no end", "token-malformed", () => forge({ exp: undefined })],
  ["names no tenant", "token-tenant-missing", () => forge({ tenant_id: undefined })],
  ["names two tenants", "token-tenant-ambiguous", () => forge({ tenant_id: [tenantId, newId("tenant")] })],
  ["names a tenant that is no id", "token-tenant-malformed", () => forge({ tenant_id: "tnt_*" })],
  ["tags another tenant", "token-tenant-ambiguous", () => forge(tags({ TenantID: [newId("tenant")], Plan: ["pro"] }))],
  ["tags two tenants", "token-tenant-ambiguous", () => forge(tags({ TenantID: [tenantId, tenantId], Plan: ["pro"] }))],
  ["tags no plan", "token-malformed", () => forge(tags({ TenantID: [tenantId] }))],
  ["names nobody", "token-subject", () => forge({ sub: "" })],
  ["names no role", "token-roles", () => forge({ roles: [] })],
  ["names an unknown role", "token-roles", () => forge({ roles: ["root"] })],
  ["carries the worker's scope from the portal", "token-scope", () => forge({ scope: "verification" })],
  [
    "is the worker's with roles",
    "token-scope",
    () => forge({ iss: workerIssuer, scope: "verification", operation_id: operationId }, workerKey),
  ],
  ["is the worker's without a scope", "token-scope", () => forge({ iss: workerIssuer, roles: [] }, workerKey)],
  ["is no token", "token-malformed", () => "abc"],
];
it.each(refusals)("refuses a token that %s", async (_what, reason, make) => {
  await expect(verify(await make())).rejects.toMatchObject({ code: "UNAUTHENTICATED", reason });
});

it("refuses a token made with the public key as a secret", async () => {
  const token = await new SignJWT({ tenant_id: tenantId })
    .setProtectedHeader({ alg: "HS256", kid: "p1" })
    .setIssuer(portal)
    .sign(Buffer.from(portalKey.x as string));
  await expect(verify(token)).rejects.toMatchObject({ reason: "token-algorithm" });
});

it("refuses a request without a token", async () => {
  await expect(verifier().verify(undefined)).rejects.toMatchObject({ code: "UNAUTHENTICATED", reason: "token-missing" });
});

it("finds the issuer's new key after it was rotated, and asks for its keys no more than it needs", async () => {
  served = [portalKey];
  const remote = createTokenVerifier([{ issuer: portal, jwksUri }]);
  const before = keyFetches;
  await Promise.all(Array.from({ length: 20 }, async () => remote.verify(`Bearer ${await good()}`)));
  expect(keyFetches - before).toBe(1);
  served = [portalKey, rotatedKey];
  await new Promise((resolve) => setTimeout(resolve, 5_100));
  await remote.verify(`Bearer ${await forge({}, rotatedKey)}`);
  expect(keyFetches - before).toBe(2);
}, 15_000);

it("takes a withdrawn key for a minute at most, and asks once however many unknown keys are named", async () => {
  served = [portalKey, rotatedKey];
  const remote = createTokenVerifier([{ issuer: portal, jwksUri }]);
  const before = keyFetches;
  await remote.verify(`Bearer ${await good()}`);
  const unknown = await Promise.all(Array.from({ length: 500 }, (_, index) => forge({}, { ...workerKey, kid: `unknown-${index}` })));
  const answers = await Promise.allSettled(unknown.map((token) => remote.verify(`Bearer ${token}`)));
  expect(answers.every(({ status }) => status === "rejected")).toBe(true);
  expect(keyFetches - before).toBe(1);
  await remote.verify(`Bearer ${await good()}`);
  served = [rotatedKey];
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
  try {
    await expect(remote.verify(`Bearer ${await good()}`)).rejects.toMatchObject({ reason: "token-signature" });
    await remote.verify(`Bearer ${await forge({}, rotatedKey)}`);
    expect(keyFetches - before).toBeLessThanOrEqual(3);
  } finally {
    vi.useRealTimers();
  }
});

it("does not hammer an issuer that does not answer", async () => {
  let asked = 0;
  const broken = createServer((_request, response) => {
    asked += 1;
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => broken.listen(0, "127.0.0.1", resolve));
  try {
    const address = `http://127.0.0.1:${(broken.address() as AddressInfo).port}/jwks.json`;
    const remote = createTokenVerifier([{ issuer: portal, jwksUri: address }]);
    for (let round = 0; round < 5; round++) {
      await Promise.allSettled(Array.from({ length: 20 }, async () => remote.verify(`Bearer ${await good()}`)));
    }
    expect(asked).toBeLessThanOrEqual(2);
  } finally {
    broken.close();
  }
});

it("is good for a minute and not a second more, whatever happened to its person since", async () => {
  const token = await good();
  await verify(token);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
  try {
    await expect(verify(token)).rejects.toMatchObject({ reason: "token-expired" });
  } finally {
    vi.useRealTimers();
  }
});

it("carries the plan and what it is entitled to, as session tags that a chain of roles keeps too", async () => {
  const sign = (plan: string) => signTenantToken(portalKey, { issuer: portal, subject: userId, tenantId, plan, roles: ["member"] });
  expect(await verify(await sign("enterprise"))).toMatchObject({ plan: "enterprise", flags: plans.enterprise.entitlements });
  expect(await verify(await sign("starter"))).toMatchObject({ plan: "starter", flags: plans.starter.entitlements });
  expect(plans.enterprise.entitlements).not.toEqual(plans.starter.entitlements);
  expect(decodeJwt(await sign("pro"))[awsTagsClaim]).toEqual({
    principal_tags: { TenantID: [tenantId], Plan: ["pro"] },
    transitive_tag_keys: ["TenantID", "Plan"],
  });
  for (const flags of ["a", [1], ["*"], Array.from({ length: 51 }, () => "a")]) {
    await expect(verify(await forge({ flags }))).rejects.toMatchObject({ reason: "token-flags" });
  }
});

it("takes tokens under P-256, which STS takes as well, by that key alone", async () => {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const key: JWK = { ...(await exportJWK(privateKey)), kid: "e1" };
  const es256 = createTokenVerifier([inline(portal, key)]);
  const token = await signTenantToken(key, { issuer: portal, subject: userId, tenantId, plan: "pro", roles: ["member"] });
  expect(await es256.verify(`Bearer ${token}`)).toMatchObject({ tenantId });
  expect(decodeProtectedHeader(token).alg).toBe("ES256");
  await expect(es256.verify(`Bearer ${await forge({}, { ...portalKey, kid: "e1" })}`)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await expect(verify(token)).rejects.toMatchObject({ reason: "token-signature" });
});

it("says that it cannot check, not that the token is bad, when the issuer's keys are away", async () => {
  const remote = createTokenVerifier([{ issuer: portal, jwksUri: "http://127.0.0.1:9/jwks.json" }]);
  await expect(remote.verify(`Bearer ${await good()}`)).rejects.toMatchObject({ code: "UNAVAILABLE", reason: "token-keys-unavailable" });
});
