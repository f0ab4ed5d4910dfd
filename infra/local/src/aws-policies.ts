import type { KeySpec, KeyUsageType } from "@aws-sdk/client-kms";
import { readTemplate } from "./templates/read-template.ts";
import { resolveTemplate } from "./templates/resolve-template.ts";

export interface PolicyStatement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource?: string | string[];
  Principal?: string | Record<string, string | string[]>;
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: PolicyStatement[];
}

/** A user or role as the platform's template deploys it, its references resolved. */
export interface Principal {
  kind: "user" | "role";
  name: string;
  trust?: PolicyDocument;
  policies: { PolicyName: string; PolicyDocument: PolicyDocument }[];
}

export interface Place {
  account: string;
  region: string;
  poolBucket: string;
}

/** The users and roles of infra/stacks/platform.yaml, as CloudFormation would make them in `place`. */
export function readDeployedPrincipals({ account, region, poolBucket }: Place): Principal[] {
  const resources = resolveTemplate(readTemplate("platform.yaml"), { account, region }, { PoolBucketName: poolBucket });
  return Object.values(resources)
    .filter(({ type }) => isPrincipal(type))
    .map(({ type, properties }) => ({
      kind: type === "AWS::IAM::User" ? "user" : "role",
      name: String(properties.UserName ?? properties.RoleName),
      trust: properties.AssumeRolePolicyDocument as PolicyDocument | undefined,
      policies: properties.Policies as Principal["policies"],
    }));
}

/** The platform's own keys: of the control plane's payloads, and of certificates. */
export const platformKeys = ["ControlPlaneKey", "CertificateKey"] as const;

/** One of them as the platform's template deploys it, its references resolved. */
export function readDeployedKey({ account, region, poolBucket }: Place, id: (typeof platformKeys)[number]) {
  const resources = resolveTemplate(readTemplate("platform.yaml"), { account, region }, { PoolBucketName: poolBucket });
  const { KeyPolicy, Tags, KeySpec = "SYMMETRIC_DEFAULT", KeyUsage = "ENCRYPT_DECRYPT" } = resources[id]?.properties ?? {};
  return {
    alias: String(resources[`${id}Alias`]?.properties.AliasName),
    spec: KeySpec as KeySpec,
    usage: KeyUsage as KeyUsageType,
    policy: KeyPolicy as PolicyDocument,
    tags: (Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
  };
}

const isPrincipal = (type: string) => type === "AWS::IAM::User" || type === "AWS::IAM::Role";

const tenantTag = /\$\{aws:PrincipalTag\/TenantID\}/g;
/** Condition keys that the emulator never fills for KMS and DynamoDB, so that it would refuse everything. */
const unknownKeys =
  /^(kms:EncryptionContext:|aws:ResourceTag\/|aws:RequestTag\/leasehold:|iam:PermissionsBoundary$|aws:ResourceAccount$|kms:Gran|dynamodb:LeadingKeys$)/;

/** A key named by its alias is the key on AWS, and a resource of its own in the emulator. */
const keysOnly = /^(arn:aws:kms:[^:]*:[^:]*:)key\/\*$/;
/** Actions that the emulator checks against no ARN. */
const withoutArn = new Set(["kms:CreateAlias", "kms:DeleteAlias", "ses:SendEmail"]);

/**
 * The same policy for the emulator, which expands no policy variable: the tenant's own id becomes `*`, and conditions on
 * keys that it never fills are left out, as are statements that deny by such a key, and ARNs where it checks none or others. The session policy, with literal values, does the refusing there.
 */
export function widenForEmulator(policy: PolicyDocument): PolicyDocument {
  const widenText = (text: string) => text.replace(tenantTag, "*").replace(keysOnly, "$1*");
  const widen = (value: string | string[]) => (Array.isArray(value) ? value.map(widenText) : widenText(value));
  return {
    ...policy,
    Statement: policy.Statement.filter(({ Effect }) => Effect === "Allow").map(({ Resource, Condition, ...rest }) => {
      const anyArn = [rest.Action].flat().every((action) => withoutArn.has(action));
      const kept = Object.entries(Condition ?? {})
        .map(([operator, keys]) => [operator, Object.entries(keys).filter(([key]) => !unknownKeys.test(key))] as const)
        .filter(([, keys]) => keys.length > 0)
        .map(([operator, keys]) => [operator, Object.fromEntries(keys.map(([key, value]) => [key, widen(value)]))]);
      const conditions = kept.length === 0 ? {} : { Condition: Object.fromEntries(kept) };
      return { ...rest, ...(Resource === undefined ? {} : { Resource: anyArn ? "*" : widen(Resource) }), ...conditions };
    }),
  };
}
