import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse, type ScalarTag } from "yaml";

export interface PolicyStatement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource?: string | string[];
  Principal?: Record<string, string | string[]>;
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

interface Template {
  Parameters: Record<string, { Default?: string }>;
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

export interface Place {
  account: string;
  region: string;
  poolBucket: string;
}

const templatePath = resolve(import.meta.dirname, "../../stacks/platform.yaml");

/** CloudFormation's short forms, kept as text until the values are known. */
const intrinsics: ScalarTag[] = ["Ref", "Sub", "GetAtt"].map((name) => ({
  tag: `!${name}`,
  resolve: (value: string) => `@@${name} ${value}`,
}));

/** The users and roles of infra/stacks/platform.yaml, as CloudFormation would make them in `place`. */
export function readDeployedPrincipals(place: Place): Principal[] {
  const template: Template = parse(readFileSync(templatePath, "utf8"), { customTags: intrinsics });
  const values = new Map(Object.entries(template.Parameters).map(([name, { Default }]) => [name, Default ?? ""]));
  values.set("PoolBucketName", place.poolBucket);
  values.set("AWS::Partition", "aws").set("AWS::AccountId", place.account).set("AWS::Region", place.region);
  const nameOf = (resource: Template["Resources"][string]) =>
    resolveText(String(resource.Properties.UserName ?? resource.Properties.RoleName), values);
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (!isPrincipal(resource.Type)) {
      values.set(id, `arn:aws:iam::${place.account}:policy/${String(resource.Properties.ManagedPolicyName)}`);
      continue;
    }
    values.set(`${id}.Arn`, `arn:aws:iam::${place.account}:${kindOf(resource.Type)}/${nameOf(resource)}`);
  }
  return Object.values(template.Resources)
    .filter(({ Type }) => isPrincipal(Type))
    .map((resource) => ({
      kind: kindOf(resource.Type),
      name: nameOf(resource),
      trust: resolveAll(resource.Properties.AssumeRolePolicyDocument, values) as PolicyDocument | undefined,
      policies: resolveAll(resource.Properties.Policies, values) as Principal["policies"],
    }));
}

const isPrincipal = (type: string) => type === "AWS::IAM::User" || type === "AWS::IAM::Role";
const kindOf = (type: string) => (type === "AWS::IAM::User" ? "user" : "role");

function resolveText(text: string, values: ReadonlyMap<string, string>): string {
  if (!text.startsWith("@@")) return text;
  const [, form = "", body = ""] = /^@@(\w+) ([\s\S]*)$/.exec(text) ?? [];
  const lookUp = (name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${templatePath} refers to ${name}, which is not known here`);
    return value;
  };
  if (form !== "Sub") return lookUp(body);
  return body.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => (literal ? `\${${name}}` : lookUp(name)));
}

function resolveAll(node: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof node === "string") return resolveText(node, values);
  if (Array.isArray(node)) return node.map((each) => resolveAll(each, values));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, resolveAll(value, values)]));
}

const tenantTag = /\$\{aws:PrincipalTag\/TenantID\}/g;
/** Condition keys that the emulator never fills for KMS, so that it would refuse everything. */
const unknownKeys = /^(kms:EncryptionContext:|aws:ResourceTag\/|aws:RequestTag\/leasehold:|iam:PermissionsBoundary$)/;

/** A key named by its alias is the key on AWS, and a resource of its own in the emulator. */
const keysOnly = /^(arn:aws:kms:[^:]*:[^:]*:)key\/\*$/;
/** Actions that the emulator checks against no ARN. */
const withoutArn = new Set(["kms:CreateAlias", "kms:DeleteAlias", "ses:SendEmail"]);

/**
 * The same policy for the emulator, which expands no policy variable: the tenant's own id becomes `*`, and conditions on
 * keys that it never fills are left out, as are ARNs where it checks none or others. The session policy, with literal values, does the refusing there.
 */
export function widenForEmulator(policy: PolicyDocument): PolicyDocument {
  const widenText = (text: string) => text.replace(tenantTag, "*").replace(keysOnly, "$1*");
  const widen = (value: string | string[]) => (Array.isArray(value) ? value.map(widenText) : widenText(value));
  return {
    ...policy,
    Statement: policy.Statement.map(({ Resource, Condition, ...rest }) => {
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
