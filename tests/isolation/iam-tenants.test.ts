import type { TenantId } from "@leasehold/domain/ids";
import { isId } from "@leasehold/domain/ids";
import { partitionOf } from "@leasehold/tenancy/dynamodb/item-keys";
import { expect, test } from "vitest";
import { pooledTenant, siloTenant, type TenantPolicies } from "../support/iam/policies.ts";
import { isAllowed, type Policies, unlimited } from "../support/iam/simulate.ts";
import { requestsOf, type TenantRequest } from "../support/iam/tenant-requests.ts";

const id = (end: string) => `tnt_${end.padStart(26, "0")}` as TenantId;
const tenants = [...["A", "AB", "B"].map((end) => pooledTenant(id(end))), ...["SA", "SB"].map((end) => siloTenant(id(end)))];
const pairs = tenants.flatMap((by) => tenants.map((of) => [by, of] as const));
const serviceOf = ({ action }: TenantRequest) => action.split(":")[0];
const resourcePolicyOf = (request: TenantRequest, of: TenantPolicies) => {
  if (request.resource === of.placement.keyArn) return of.key;
  return serviceOf(request) === "s3" ? of.bucket : undefined;
};
let decisions = 0;

/** Requests that were decided otherwise than by the rules. */
async function wrong(requests: TenantRequest[], policiesFor: (request: TenantRequest) => Policies): Promise<string[]> {
  const found: string[] = [];
  for (const request of requests) {
    decisions += 1;
    if ((await isAllowed(request, policiesFor(request))) !== request.allowed) found.push(JSON.stringify(request));
  }
  return found;
}

async function wrongOfAll(
  requestsFor: (by: TenantPolicies, of: TenantPolicies) => TenantRequest[],
  policiesFor: (by: TenantPolicies, of: TenantPolicies) => (request: TenantRequest) => Policies,
): Promise<string[]> {
  const found: string[] = [];
  for (const [by, of] of pairs) found.push(...(await wrong(requestsFor(by, of), policiesFor(by, of))));
  return found;
}

const forDeployed = (by: TenantPolicies, of: TenantPolicies) => (request: TenantRequest) => ({
  identity: [by.role],
  boundary: by.boundary,
  session: by.session,
  resource: resourcePolicyOf(request, of),
});

/** A silo's queue is the role's and not yet the session's: the kit has no client for it. */
const withoutQueue = (by: TenantPolicies, of: TenantPolicies) =>
  requestsOf(by, of).map((request) => (serviceOf(request) === "sqs" ? { ...request, allowed: false } : request));

test("one's own is allowed and everything else refused, as deployed", async () => {
  expect(await wrongOfAll(withoutQueue, forDeployed)).toEqual([]);
}, 480_000);

test("without the session policy the role refuses other tenants all the same", async () => {
  expect(await wrongOfAll(requestsOf, (by, of) => (request) => ({ ...forDeployed(by, of)(request), session: undefined }))).toEqual([]);
}, 480_000);

/** What the session policy leaves to the bucket's and the key's: how the request is made, and the encryption context. */
const leftToOthers = ({ action, context, allowed }: TenantRequest) =>
  !allowed && (context["aws:SecureTransport"] === "false" || context["s3:authType"] === "REST-QUERY-STRING" || usesKey(action));
const usesKey = (action: string) => /^kms:(Decrypt|Encrypt|GenerateDataKey)$/.test(action);

test("without the role's own policy the session policy refuses other tenants all the same", async () => {
  const requests = (by: TenantPolicies, of: TenantPolicies) =>
    withoutQueue(by, of).filter((request) => by.tenantId !== of.tenantId || !leftToOthers(request));
  expect(await wrongOfAll(requests, (by) => () => ({ ...unlimited, session: by.session }))).toEqual([]);
}, 480_000);

test("the key's own policy alone gives its tenant its use, and nobody else's session", async () => {
  const uses = (by: TenantPolicies, of: TenantPolicies) =>
    requestsOf(by, of).filter(({ action, resource }) => usesKey(action) && resource === of.placement.keyArn);
  expect(await wrongOfAll(uses, (_by, of) => () => ({ identity: [], resource: of.key }))).toEqual([]);
});

test("a session without the tenant's tag, or with one that is a pattern, reaches nobody", async () => {
  const pooled = tenants.filter(({ boundary }) => boundary === undefined);
  const hostile = [
    "*",
    "?",
    "tnt_*",
    "tnt_??????????????????????????",
    "$" + "{aws:username}",
    "",
    "tnt_A/../tnt_B",
    "tnt_{}",
    `${id("A")}/*`,
  ];
  const tagged = [undefined, ...hostile].flatMap((tag) =>
    pooled.flatMap((of) =>
      requestsOf(of, of)
        .filter(({ allowed }) => allowed)
        .map((request) => {
          const { "aws:PrincipalTag/TenantID": _own, ...rest } = request.context;
          const context = tag === undefined ? rest : { ...rest, "aws:PrincipalTag/TenantID": tag };
          return { of, request: { ...request, context, allowed: false } };
        }),
    ),
  );
  for (const { of, request } of tagged) {
    expect(await wrong([request], () => ({ identity: [of.role], resource: resourcePolicyOf(request, of) }))).toEqual([]);
  }
  for (const tag of hostile) {
    expect(isId("tenant", tag)).toBe(false);
    expect(() => partitionOf(tag as TenantId)).toThrow(/not well formed/);
  }
}, 480_000);

test("at least ten thousand decisions were made", () => {
  console.log(`${decisions} decisions`);
  expect(decisions).toBeGreaterThanOrEqual(10_000);
});
