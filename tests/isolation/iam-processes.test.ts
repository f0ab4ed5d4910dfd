import type { TenantId } from "@leasehold/domain/ids";
import type { PolicyDocument } from "@leasehold/infra/local/aws-policies";
import { sessionPolicyOf } from "@leasehold/tenancy/credentials/session-policy";
import { expect, test } from "vitest";
import { branchRequests, epochKeyRequests, workerEpochRequests } from "../support/iam/epoch-requests.ts";
import { customerKeyRequests, keyRequests } from "../support/iam/key-requests.ts";
import { branchSession, epochKey, pooledTenant, principals, siloTenant } from "../support/iam/policies.ts";
import type { RuledRequest } from "../support/iam/ruled-request.ts";
import { isAllowed, type Policies, unlimited } from "../support/iam/simulate.ts";
import { stackRequests } from "../support/iam/stack-requests.ts";
import { requestsOf } from "../support/iam/tenant-requests.ts";
import { applicationRequests, trustRequests } from "../support/iam/trust-requests.ts";
import { workerRequests } from "../support/iam/worker-requests.ts";

const id = (end: string) => `tnt_${end.padStart(26, "0")}` as TenantId;
const tenants = [...["A", "B"].map((end) => pooledTenant(id(end))), ...["SA", "SB"].map((end) => siloTenant(id(end)))];

async function wrong(requests: RuledRequest[], policies: Policies): Promise<RuledRequest[]> {
  const found: RuledRequest[] = [];
  for (const request of requests) if ((await isAllowed(request, policies)) !== request.allowed) found.push(request);
  return found;
}

test("the application plane's user becomes tenants and does nothing else", async () => {
  expect(await wrong(applicationRequests(tenants), { identity: principals.application.policies })).toEqual([]);
});

test("a tenant's role is assumed by the application plane, or with a token for it, for one well-formed tenant; a silo's for its own", async () => {
  const policiesOf = (arn: string) => Object.values(principals).find((principal) => principal.arn === arn)?.policies ?? unlimited.identity;
  for (const { of, request } of trustRequests(tenants)) {
    expect(await wrong([request], { identity: policiesOf(request.principal), resource: of.trust })).toEqual([]);
  }
});

test("the worker makes and unmakes what tenants have, and reads none of it", async () => {
  expect(await wrong(workerRequests(tenants), { identity: principals.worker.policies })).toEqual([]);
});

test("CloudFormation makes tagged keys, named stores and bounded roles only", async () => {
  expect(await wrong(stackRequests(tenants), { identity: principals.stacks.policies })).toEqual([]);
});

test("a tenant's key is managed by the account and wrapped with by the worker, and neither opens anything with it", async () => {
  for (const of of tenants) expect(await wrong(keyRequests(of), { ...unlimited, resource: of.key })).toEqual([]);
});

test("a customer's own key is used for the tenant whose context it is under, and through that tenant's session policy only", async () => {
  const [pooled, other] = tenants.filter(({ boundary }) => boundary === undefined);
  if (pooled === undefined || other === undefined) throw new Error("there are two pooled tenants");
  const requests = customerKeyRequests(pooled);
  expect(await wrong(requests, { identity: [pooled.role] })).toEqual([]);
  const keyArn = requests[0]?.resource ?? "";
  const session = sessionPolicyOf({ tenantId: pooled.tenantId, placement: { ...pooled.placement, keyArn } }) as PolicyDocument;
  expect(await wrong(requests, { identity: [pooled.role], session })).toEqual([]);
  const refused = requests.map((request) => ({ ...request, allowed: false }));
  expect(await wrong(refused, { identity: [other.role], session: other.session })).toEqual([]);
});

test("the key of an epoch opens the branch key of its pool for sessions of pooled tenants, and for the worker, which makes and ends it", async () => {
  const [pooled, silo] = [tenants.find(({ boundary }) => boundary === undefined), tenants.find(({ boundary }) => boundary !== undefined)];
  if (pooled === undefined || silo === undefined) throw new Error("there are tenants of both kinds");
  const requests = branchRequests(pooled);
  expect(await wrong(requests, { identity: [pooled.role] })).toEqual([]);
  expect(await wrong(requests, { identity: [pooled.role], session: branchSession(pooled) })).toEqual([]);
  const refused = (of: RuledRequest[]) => of.map((request) => ({ ...request, allowed: false }));
  expect(await wrong(refused(requests), { identity: [pooled.role], session: pooled.session })).toEqual([]);
  expect(await wrong(refused(branchRequests(silo)), { identity: [silo.role], boundary: silo.boundary })).toEqual([]);
  expect(await wrong(workerEpochRequests(pooled), { identity: principals.worker.policies })).toEqual([]);
  for (const request of epochKeyRequests(pooled)) {
    const identity = request.principal.includes(":user/") ? unlimited.identity : [];
    expect(await wrong([request], { identity, resource: epochKey })).toEqual([]);
  }
});

test("a session for the key of an epoch reaches nothing else of its tenant", async () => {
  for (const of of tenants.filter(({ boundary }) => boundary === undefined)) {
    const others = requestsOf(of, of).map((request) => ({ ...request, allowed: false }));
    expect(await wrong(others, { identity: [of.role], session: branchSession(of) })).toEqual([]);
  }
});
