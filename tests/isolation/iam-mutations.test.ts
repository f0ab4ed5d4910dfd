import type { TenantId } from "@leasehold/domain/ids";
import type { PolicyDocument } from "@leasehold/infra/local/aws-policies";
import { expect, test } from "vitest";
import { branchRequests, epochKeyRequests, workerEpochRequests } from "../support/iam/epoch-requests.ts";
import { customerKeyRequests, keyRequests } from "../support/iam/key-requests.ts";
import { mutantsOf } from "../support/iam/mutate.ts";
import { branchSession, epochKey, pooledTenant, principals, siloTenant, type TenantPolicies } from "../support/iam/policies.ts";
import { type AwsRequest, isAllowed, type Policies, unlimited } from "../support/iam/simulate.ts";
import { stackRequests } from "../support/iam/stack-requests.ts";
import { requestsOf } from "../support/iam/tenant-requests.ts";
import { applicationRequests, trustRequests } from "../support/iam/trust-requests.ts";
import { workerRequests } from "../support/iam/worker-requests.ts";

const id = (end: string) => `tnt_${end.padStart(26, "0")}` as TenantId;
const [a, b, s, t] = [pooledTenant(id("A")), pooledTenant(id("B")), siloTenant(id("SA")), siloTenant(id("SB"))];
const tenants = [a, b, s, t];
const about = (by: TenantPolicies, of: TenantPolicies) => [
  ...requestsOf(by, by),
  ...requestsOf(by, of),
  ...requestsOf(by, tenants.includes(of) && of === b ? s : a),
];

/** One policy, the requests that it is to decide, and who else decides: with the others out of the way, it stands alone. */
interface Case {
  name: string;
  policy: PolicyDocument;
  ofResource?: boolean;
  requests: AwsRequest[];
  policies: (policy: PolicyDocument, request: AwsRequest) => Policies;
}

const replaced = (all: readonly PolicyDocument[], old: PolicyDocument, policy: PolicyDocument) =>
  all.map((each) => (each === old ? policy : each));
const ofProcess = (name: keyof typeof principals, requests: AwsRequest[]): Case[] =>
  principals[name].policies.map((policy, index) => ({
    name: `${name} ${index}`,
    policy,
    requests,
    policies: (mutant) => ({ identity: replaced(principals[name].policies, policy, mutant) }),
  }));
const ofTenant = (kind: string, by: TenantPolicies, other: TenantPolicies): Case[] => {
  const trusted = trustRequests(tenants).filter(({ of }) => of === by);
  return [
    {
      name: `${kind} role`,
      policy: by.role,
      requests: [...about(by, other), ...customerKeyRequests(by), ...branchRequests(by)],
      policies: (policy) => ({ identity: [policy] }),
    },
    { name: `${kind} session`, policy: by.session, requests: about(by, other), policies: (session) => ({ ...unlimited, session }) },
    {
      name: `${kind} bucket`,
      policy: by.bucket,
      ofResource: true,
      requests: requestsOf(by, by).filter(({ action }) => action.startsWith("s3:")),
      policies: (resource) => ({ ...unlimited, resource }),
    },
    {
      name: `${kind} key`,
      policy: by.key,
      ofResource: true,
      requests: [...keyRequests(by), ...requestsOf(by, by).filter(({ action }) => action.startsWith("kms:")), ...wrongTag(by)],
      policies: (resource, { principal }) => ({ identity: principal.includes(":user/") ? unlimited.identity : [], resource }),
    },
    {
      name: `${kind} trust`,
      policy: by.trust,
      requests: trusted.map(({ request }) => request),
      policies: (resource, { principal }) => ({
        identity: principal.includes("user/leasehold-application") ? unlimited.identity : [],
        resource,
      }),
    },
  ];
};
/** The pool's role with another tenant's tag, naming the key's tenant in the context. */
const wrongTag = (by: TenantPolicies) =>
  requestsOf(by, by)
    .filter(({ action }) => /^kms:(Decrypt|Encrypt|GenerateDataKey)$/.test(action))
    .map((request) => ({ ...request, context: { ...request.context, "aws:PrincipalTag/TenantID": b.tenantId } }));

const cases: Case[] = [
  ...ofTenant("pooled", a, b),
  ...ofTenant("silo", s, t),
  {
    name: "silo boundary",
    policy: s.boundary as PolicyDocument,
    requests: [...about(s, t), ...customerKeyRequests(s)],
    policies: (boundary) => ({ ...unlimited, boundary }),
  },
  ...ofProcess("application", applicationRequests(tenants)),
  {
    name: "pooled session for the branch key",
    policy: branchSession(a),
    requests: [...branchRequests(a), ...about(a, b)],
    policies: (session) => ({ ...unlimited, session }),
  },
  {
    name: "epoch's key",
    policy: epochKey,
    ofResource: true,
    requests: epochKeyRequests(a),
    policies: (resource, { principal }) => ({ identity: principal.includes(":user/") ? unlimited.identity : [], resource }),
  },
  ...ofProcess("worker", [...workerRequests(tenants), ...workerEpochRequests(a)]),
  ...ofProcess("stacks", stackRequests(tenants)),
];
let score = { mutants: 0, noticed: 0 };

const glob = (pattern: string) => new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);

test.each(cases)(
  "nothing can be taken from the policy of $name unnoticed",
  async ({ policy, ofResource = false, requests, policies }) => {
    const unnoticed: string[] = [];
    for (const mutant of mutantsOf(policy, { ofResource })) {
      const patterns = mutant.actions.map(glob);
      const concerned = requests.filter(({ action }) => patterns.some((pattern) => pattern.test(action)));
      let noticed = false;
      for (const request of concerned) {
        noticed = (await isAllowed(request, policies(mutant.policy, request))) !== (await isAllowed(request, policies(policy, request)));
        if (noticed) break;
      }
      score = { mutants: score.mutants + 1, noticed: score.noticed + (noticed ? 1 : 0) };
      if (!noticed) unnoticed.push(mutant.what);
    }
    expect(unnoticed).toEqual([]);
  },
  240_000,
);

test("the score is whole", () => {
  console.log(`IAM mutations: ${score.noticed} of ${score.mutants} noticed`);
  expect(score.mutants).toBeGreaterThan(200);
  expect(score.noticed).toBe(score.mutants);
});
