import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { PolicyDocument } from "@leasehold/infra/local/aws-policies";
import { account, issuerHost } from "./policies.ts";

export interface AwsRequest {
  principal: string;
  action: string;
  resource: string;
  context: Record<string, string | string[]>;
}

/** What is asked, of which kind. A part that is absent does not narrow. */
export interface Policies {
  identity: readonly PolicyDocument[];
  boundary?: PolicyDocument | undefined;
  session?: PolicyDocument | undefined;
  /** Of the bucket, the key or the role. */
  resource?: PolicyDocument | undefined;
}

const everything: PolicyDocument = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
/** With this policy of a key IAM decides alone, as for resources without a policy of their own. */
const leaveToIam: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" }],
};
export const unlimited: Policies = { identity: [everything] };

/** Condition keys that the simulator does not know for their actions, under names that it passes through; the same on both sides. */
const aliases: [string, string][] = [
  ["kms:EncryptionContext:tenant", "aws:PrincipalTag/kms-encryption-context-tenant"],
  ["kms:EncryptionContext:purpose", "aws:PrincipalTag/kms-encryption-context-purpose"],
  ["kms:EncryptionContext:pool", "aws:PrincipalTag/kms-encryption-context-pool"],
  ["kms:EncryptionContext:epoch", "aws:PrincipalTag/kms-encryption-context-epoch"],
  [`${issuerHost}:aud`, "aws:PrincipalTag/issuer-audience"],
];
const renamed = new WeakMap<object, PolicyDocument>();

function rename(policy: PolicyDocument): PolicyDocument {
  const known = renamed.get(policy);
  if (known !== undefined) return known;
  const text = aliases.reduce((json, [name, alias]) => json.replaceAll(`"${name}"`, `"${alias}"`), JSON.stringify(policy));
  const made = JSON.parse(text) as PolicyDocument;
  renamed.set(policy, made);
  return made;
}

/** What AWS would decide, by the simulator. Throws when a policy or the request is not one that AWS knows. */
export async function isAllowed(request: AwsRequest, { identity, boundary, session, resource }: Policies): Promise<boolean> {
  const { principal, action } = request;
  const contextVariables = JSON.parse(JSON.stringify(request.context)) as AwsRequest["context"];
  for (const [name, alias] of aliases) {
    const value = contextVariables[name];
    if (value !== undefined) contextVariables[alias] = value;
    delete contextVariables[name];
  }
  const owner = request.resource.split(":")[4] || account;
  contextVariables["aws:ResourceAccount"] ??= owner;
  const resourcePolicy = resource ?? (action.startsWith("kms:") ? leaveToIam : undefined);
  const answer = await runSimulation(
    {
      request: { principal, action, resource: { resource: request.resource, accountId: owner }, contextVariables },
      identityPolicies: identity.map((policy, index) => ({ name: `policy-${index}`, policy: rename(policy) })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(boundary === undefined ? {} : { permissionBoundaryPolicies: [{ name: "boundary", policy: rename(boundary) }] }),
      ...(session === undefined ? {} : { sessionPolicy: rename(session) }),
      ...(resourcePolicy === undefined ? {} : { resourcePolicy: rename(resourcePolicy) }),
    },
    {},
  );
  if (answer.resultType === "error") throw new Error(`${action} on ${request.resource}: ${JSON.stringify(answer.errors)}`);
  return answer.overallResult === "Allowed";
}
