import type { TenantPolicies } from "./policies.ts";
import { account, issuerHost, principals, region } from "./policies.ts";
import type { AwsRequest } from "./simulate.ts";

export interface RuledRequest extends AwsRequest {
  allowed: boolean;
}

const tag = "leasehold:tenant";
const keyOf = (id: string) => `arn:aws:kms:${region}:${account}:key/${id}`;

/** Who may become a tenant, and with which tags: from the processes' users, from another role, and with a token. */
export function trustRequests(tenants: readonly TenantPolicies[]): { of: TenantPolicies; request: RuledRequest }[] {
  const tagsOf = (TenantID: string | undefined, more: string[] = []) => ({
    ...(TenantID === undefined ? {} : { "aws:RequestTag/TenantID": TenantID }),
    "aws:TagKeys": [...(TenantID === undefined ? [] : ["TenantID"]), "Plan", ...more],
  });
  const provider = (host: string) => `arn:aws:iam::${account}:oidc-provider/${host}`;
  const aud = (value: string) => ({ [`${issuerHost}:aud`]: value });
  return tenants.flatMap((of) => {
    const pooled = of.boundary === undefined;
    const make = (principal: string, action: string, context: AwsRequest["context"], allowed: boolean) => ({
      of,
      request: { principal, action, resource: of.placement.roleArn, context, allowed },
    });
    return ["sts:AssumeRole", "sts:TagSession"].flatMap((action) => [
      ...tenants.map(({ tenantId }) => make(principals.application.arn, action, tagsOf(tenantId), pooled || tenantId === of.tenantId)),
      ...["*", "tnt_*", "tnt_A", "", `${of.tenantId}B`].map((tenant) => make(principals.application.arn, action, tagsOf(tenant), false)),
      make(principals.application.arn, action, tagsOf(undefined), false),
      make(principals.application.arn, action, {}, false),
      make(principals.application.arn, action, tagsOf(of.tenantId, ["Role"]), false),
      make(principals.worker.arn, action, tagsOf(of.tenantId), false),
      make(principals.stacks.arn, action, tagsOf(of.tenantId), false),
      ...tenants.map((other) => make(sessionOf(other), action, tagsOf(of.tenantId), false)),
      ...(action === "sts:TagSession" ? ["sts:TagSession"] : ["sts:AssumeRoleWithWebIdentity"]).flatMap((verb) => [
        make(provider(issuerHost), verb, { ...tagsOf(of.tenantId), ...aud("leasehold:application") }, true),
        make(provider(issuerHost), verb, { ...tagsOf(of.tenantId), ...aud("elsewhere") }, false),
        make(provider(issuerHost), verb, tagsOf(of.tenantId), false),
        make(provider(issuerHost), verb, { ...tagsOf(undefined), ...aud("leasehold:application") }, false),
        make(provider(issuerHost), verb, { ...tagsOf("tnt_*"), ...aud("leasehold:application") }, false),
        make(provider(issuerHost), verb, { ...tagsOf(of.tenantId, ["Role"]), ...aud("leasehold:application") }, false),
        make(provider("elsewhere.example"), verb, { ...tagsOf(of.tenantId), ...aud("leasehold:application") }, false),
      ]),
    ]);
  });
}

function sessionOf({ placement, tenantId }: TenantPolicies): string {
  return `${placement.roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${tenantId}`;
}

type Rule = [action: string, resource: string, context: AwsRequest["context"], allowed: boolean];

/** What the worker's user may do, and what it may not: no tenant's content, no role, no key that is not a tenant's. */
export function workerRequests(tenants: readonly TenantPolicies[]): RuledRequest[] {
  const tenant = tenants[0] as TenantPolicies;
  const other = tenants[1] as TenantPolicies;
  const tagged = { [`aws:ResourceTag/${tag}`]: tenant.tenantId };
  const tags = (value: string, keys = [tag]) => ({ [`aws:RequestTag/${tag}`]: value, "aws:TagKeys": keys });
  const key = keyOf("one");
  const alias = `arn:aws:kms:${region}:${account}:alias/leasehold/${tenant.tenantId}`;
  const foreignAlias = `arn:aws:kms:${region}:${account}:alias/other`;
  const manage = [
    "EnableKeyRotation",
    "GetKeyRotationStatus",
    "GetKeyPolicy",
    "ListResourceTags",
    "EnableKey",
    "DisableKey",
    "ScheduleKeyDeletion",
  ].concat(["GenerateDataKeyWithoutPlaintext", "CreateAlias", "DeleteAlias"]);
  const neverKeys = ["Decrypt", "GenerateDataKey", "PutKeyPolicy", "CreateGrant", "ReEncryptFrom", "UntagResource", "Sign"];
  const object = `arn:aws:s3:::${tenant.placement.bucket}/${tenant.placement.objectPrefix}x`;
  const anchor = `arn:aws:s3:::${tenant.placement.bucket}/audit-anchors/x`;
  const silo = `arn:aws:s3:::leasehold-tnt-x/tenants/x/y`;
  const stack = `arn:aws:cloudformation:${region}:${account}:stack/leasehold-tnt-x/1`;
  const foreignStack = `arn:aws:cloudformation:${region}:${account}:stack/leasehold-platform/1`;
  const stackVerbs = [
    "CreateStack",
    "DescribeStacks",
    "DescribeStackEvents",
    "DescribeStackResources",
    "UpdateTerminationProtection",
  ].concat(["DeleteStack", "TagResource"]);
  const passed = (service: string) => ({ "iam:PassedToService": service });
  const stackRole = `arn:aws:iam::${account}:role/leasehold-stacks`;
  const rules: Rule[] = [
    ["kms:CreateKey", "*", tags(tenant.tenantId), true],
    ["kms:CreateKey", "*", tags("anything"), false],
    ["kms:CreateKey", "*", {}, false],
    ["kms:TagResource", key, tags(tenant.tenantId), true],
    ["kms:TagResource", key, { ...tags(tenant.tenantId), ...tagged }, true],
    ["kms:TagResource", key, { ...tags(other.tenantId), ...tagged }, false],
    ["kms:TagResource", key, { ...tags(tenant.tenantId), "aws:ResourceTag/leasehold:platform": "control-plane" }, false],
    ["kms:TagResource", key, tags("anything"), false],
    ["kms:TagResource", key, tags(tenant.tenantId, [tag, "owner"]), false],
    ["kms:TagResource", key.replace(region, "us-east-1"), tags(tenant.tenantId), false],
    ["kms:DisableKey", key.replace(region, "us-east-1"), tagged, false],
    ...customerKeyRules(tenant),
    ["kms:DescribeKey", key, {}, true],
    ["tag:GetResources", "*", {}, true],
    ...manage.flatMap((verb): Rule[] => [
      [`kms:${verb}`, key, tagged, true],
      [`kms:${verb}`, key, {}, false],
      [`kms:${verb}`, key, { [`aws:ResourceTag/${tag}`]: "anything" }, false],
    ]),
    ...["CreateAlias", "DeleteAlias"].flatMap((verb): Rule[] => [
      [`kms:${verb}`, alias, {}, true],
      [`kms:${verb}`, foreignAlias, {}, false],
    ]),
    ...neverKeys.map((verb): Rule => [`kms:${verb}`, key, tagged, false]),
    ...payloadKeyRules(tenant, key, tagged),
    ...certificateKeyRules(key),
    ...["PutObject", "DeleteObject", "DeleteObjectVersion"].flatMap((verb): Rule[] => [
      [`s3:${verb}`, object, {}, true],
      [`s3:${verb}`, silo, {}, true],
      [`s3:${verb}`, "arn:aws:s3:::another-bucket/tenants/x", {}, false],
      [`s3:${verb}`, `arn:aws:s3:::${tenant.placement.bucket}/elsewhere`, {}, false],
    ]),
    ...["PutObject", "PutObjectRetention"].map((verb): Rule => [`s3:${verb}`, anchor, {}, true]),
    ...["DeleteObject", "DeleteObjectVersion", "BypassGovernanceRetention"].map((verb): Rule => [`s3:${verb}`, anchor, {}, false]),
    ["s3:PutObjectRetention", object, {}, false],
    ...["GetObject", "GetObjectVersion", "PutObjectAcl"].flatMap((verb): Rule[] => [
      [`s3:${verb}`, object, {}, false],
      [`s3:${verb}`, silo, {}, false],
    ]),
    ...["ListBucket", "ListBucketVersions", "ListBucketMultipartUploads"].flatMap((verb): Rule[] => [
      [`s3:${verb}`, `arn:aws:s3:::${tenant.placement.bucket}`, {}, true],
      [`s3:${verb}`, "arn:aws:s3:::leasehold-tnt-x", {}, true],
      [`s3:${verb}`, "arn:aws:s3:::another-bucket", {}, false],
    ]),
    ...stackVerbs.flatMap((verb): Rule[] => [
      [`cloudformation:${verb}`, stack, {}, true],
      [`cloudformation:${verb}`, foreignStack, {}, false],
    ]),
    ["iam:PassRole", stackRole, passed("cloudformation.amazonaws.com"), true],
    ["iam:PassRole", stackRole, passed("lambda.amazonaws.com"), false],
    ["iam:PassRole", stackRole, {}, false],
    ["iam:PassRole", tenant.placement.roleArn, passed("cloudformation.amazonaws.com"), false],
    ...["CreateRole", "PutRolePolicy", "UpdateAssumeRolePolicy"].map((verb): Rule => [`iam:${verb}`, tenant.placement.roleArn, {}, false]),
    ["sts:AssumeRole", tenant.placement.roleArn, {}, false],
    ["ses:SendEmail", `arn:aws:ses:${region}:${account}:identity/a.example`, {}, true],
    ["ses:SendEmail", `arn:aws:ses:us-east-1:${account}:identity/a.example`, {}, false],
    ...["DeleteObject", "DeleteObjectVersion", "AbortMultipartUpload"].map(
      (verb): Rule => [`s3:${verb}`, "arn:aws:s3:::leasehold-tnt-x/left", {}, true],
    ),
    ["s3:AbortMultipartUpload", object, {}, true],
    ["s3:AbortMultipartUpload", `arn:aws:s3:::${tenant.placement.bucket}/elsewhere`, {}, false],
    ["s3:PutObject", "arn:aws:s3:::leasehold-tnt-x/left", {}, false],
    ...itemRules(tenant),
  ];
  return ruled(principals.worker.arn, rules);
}

/** Of items the worker finds keys, one tenant's at a time, and deletes them; it reads and writes none. */
function itemRules({ tenantId }: TenantPolicies): Rule[] {
  const table = `arn:aws:dynamodb:${region}:${account}:table/leasehold-tenants`;
  const another = `arn:aws:dynamodb:${region}:${account}:table/another`;
  const of = (leading: string) => ({ "dynamodb:LeadingKeys": [leading] });
  const own = of(`TENANT#${tenantId}`);
  const keysOnly = { "dynamodb:Attributes": ["pk", "sk"], "dynamodb:Select": "SPECIFIC_ATTRIBUTES" };
  return [
    ["dynamodb:Query", table, { ...own, ...keysOnly }, true],
    ["dynamodb:Query", table, { ...own, "dynamodb:Attributes": ["pk"], "dynamodb:Select": "COUNT" }, true],
    ["dynamodb:Query", table, { ...own, "dynamodb:Attributes": ["pk", "sk", "content"], "dynamodb:Select": "SPECIFIC_ATTRIBUTES" }, false],
    ["dynamodb:Query", table, { ...own, "dynamodb:Attributes": ["pk", "sk"], "dynamodb:Select": "ALL_ATTRIBUTES" }, false],
    ["dynamodb:Query", table, { ...of("PLATFORM#x"), ...keysOnly }, false],
    ["dynamodb:Query", table, keysOnly, false],
    ["dynamodb:Query", another, { ...own, ...keysOnly }, false],
    ["dynamodb:DeleteItem", table, own, true],
    ["dynamodb:DeleteItem", table, of("PLATFORM#x"), false],
    ["dynamodb:DeleteItem", table, {}, false],
    ["dynamodb:DeleteItem", another, own, false],
    ...["GetItem", "BatchGetItem", "Scan", "PutItem", "UpdateItem", "BatchWriteItem"].map(
      (verb): Rule => [`dynamodb:${verb}`, table, own, false],
    ),
  ];
}

const contextOf = (tenant: string, purpose: string) => ({
  "kms:EncryptionContext:tenant": tenant,
  "kms:EncryptionContext:purpose": purpose,
});

/** Of a tenant's data keys the worker opens those of payloads; of the platform's key, what names the control plane. */
function payloadKeyRules({ tenantId }: TenantPolicies, key: string, tagged: AwsRequest["context"]): Rule[] {
  const platform = { "aws:ResourceTag/leasehold:platform": "control-plane" };
  const own = contextOf("control-plane", "payload");
  return [
    ["kms:Decrypt", key, { ...tagged, ...contextOf(tenantId, "payload") }, true],
    ...["data", "index", "trial", ""].map((purpose): Rule => ["kms:Decrypt", key, { ...tagged, ...contextOf(tenantId, purpose) }, false]),
    ["kms:Decrypt", key, { ...tagged, ...contextOf("control-plane", "payload") }, false],
    ["kms:Decrypt", key, contextOf(tenantId, "payload"), false],
    ["kms:Decrypt", key.replace(region, "us-east-1"), { ...tagged, ...contextOf(tenantId, "payload") }, false],
    ...["Decrypt", "GenerateDataKeyWithoutPlaintext"].flatMap((verb): Rule[] => [
      [`kms:${verb}`, key, { ...platform, ...own }, true],
      [`kms:${verb}`, key, { "aws:ResourceTag/leasehold:platform": "another", ...own }, false],
      [`kms:${verb}`, key, { ...platform, ...contextOf(tenantId, "payload") }, false],
      [`kms:${verb}`, key, own, false],
      [`kms:${verb}`, key.replace(region, "us-east-1"), { ...platform, ...own }, false],
    ]),
    ...["DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy"].map((verb): Rule => [`kms:${verb}`, key, platform, false]),
  ];
}

/** With the key of certificates the worker signs, and does nothing else. */
function certificateKeyRules(key: string): Rule[] {
  const certificates = { "aws:ResourceTag/leasehold:platform": "certificates" };
  return [
    ...["Sign", "GetPublicKey"].flatMap((verb): Rule[] => [
      [`kms:${verb}`, key, certificates, true],
      [`kms:${verb}`, key, { "aws:ResourceTag/leasehold:platform": "control-plane" }, false],
      [`kms:${verb}`, key, {}, false],
      [`kms:${verb}`, key.replace(region, "us-east-1"), certificates, false],
    ]),
    ...["DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy", "DeleteAlias", "CreateAlias"].map(
      (verb): Rule => [`kms:${verb}`, key, certificates, false],
    ),
  ];
}

/** What CloudFormation may make of a silo's template. */
export function stackRequests(tenants: readonly TenantPolicies[]): RuledRequest[] {
  const tenant = tenants[0] as TenantPolicies;
  const other = tenants[1] as TenantPolicies;
  const tagged = { [`aws:ResourceTag/${tag}`]: tenant.tenantId };
  const tags = (value: string, keys = [tag]) => ({ [`aws:RequestTag/${tag}`]: value, "aws:TagKeys": keys });
  const key = keyOf("one");
  const alias = `arn:aws:kms:${region}:${account}:alias/leasehold/x`;
  const manage = ["DescribeKey", "EnableKeyRotation", "DisableKeyRotation", "GetKeyRotationStatus", "GetKeyPolicy", "PutKeyPolicy"].concat(
    ["ListResourceTags", "UntagResource", "UpdateKeyDescription", "EnableKey", "DisableKey", "ScheduleKeyDeletion", "CancelKeyDeletion"],
    ["CreateAlias", "UpdateAlias", "DeleteAlias"],
  );
  const boundary = { "iam:PermissionsBoundary": `arn:aws:iam::${account}:policy/leasehold-silo-boundary` };
  const role = `arn:aws:iam::${account}:role/leasehold-silo-tnt-x`;
  const queue = (name: string) => `arn:aws:sqs:${region}:${account}:${name}`;
  const bounded = ["CreateRole", "PutRolePolicy", "DeleteRolePolicy"];
  const unbounded = ["DeleteRole", "GetRole", "GetRolePolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy"];
  const rules: Rule[] = [
    ["kms:CreateKey", "*", tags(tenant.tenantId), true],
    ["kms:CreateKey", "*", {}, false],
    ["kms:TagResource", key, tags(tenant.tenantId), true],
    ["kms:TagResource", key, { ...tags(other.tenantId), ...tagged }, false],
    ["kms:TagResource", key, { ...tags(tenant.tenantId), "aws:ResourceTag/leasehold:pool": "pool" }, false],
    ["kms:TagResource", key, { ...tags(tenant.tenantId), "aws:ResourceTag/leasehold:platform": "control-plane" }, false],
    ["kms:TagResource", key, { ...tags(tenant.tenantId), ...tagged }, true],
    ["kms:TagResource", key.replace(region, "us-east-1"), tags(tenant.tenantId), false],
    ["kms:DisableKey", key.replace(region, "us-east-1"), tagged, false],
    ["kms:TagResource", key, tags("anything"), false],
    ["kms:TagResource", key, { ...tags(tenant.tenantId, [tag, "owner"]) }, false],
    ...manage.flatMap((verb): Rule[] => [
      [`kms:${verb}`, key, tagged, true],
      [`kms:${verb}`, key, {}, false],
    ]),
    ...["CreateAlias", "UpdateAlias", "DeleteAlias"].flatMap((verb): Rule[] => [
      [`kms:${verb}`, alias, {}, true],
      [`kms:${verb}`, `arn:aws:kms:${region}:${account}:alias/other`, {}, false],
    ]),
    ["kms:ListAliases", "*", {}, true],
    ...["Decrypt", "Encrypt", "GenerateDataKey", "CreateGrant"].map((verb): Rule => [`kms:${verb}`, key, tagged, false]),
    ["s3:CreateBucket", "arn:aws:s3:::leasehold-tnt-x", {}, true],
    ["s3:CreateBucket", "arn:aws:s3:::leasehold-pool", {}, false],
    ["s3:DeleteBucket", "arn:aws:s3:::leasehold-pool", {}, false],
    ["sqs:CreateQueue", queue("leasehold-tnt-x"), {}, true],
    ["sqs:CreateQueue", queue("another"), {}, false],
    ...bounded.flatMap((verb): Rule[] => [
      [`iam:${verb}`, role, boundary, true],
      [`iam:${verb}`, role, {}, false],
      [`iam:${verb}`, role, { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" }, false],
      [`iam:${verb}`, tenant.placement.roleArn, boundary, false],
    ]),
    ...unbounded.flatMap((verb): Rule[] => [
      [`iam:${verb}`, role, {}, true],
      [`iam:${verb}`, tenant.placement.roleArn, {}, false],
    ]),
    ...["DeleteRolePermissionsBoundary", "PutRolePermissionsBoundary", "AttachRolePolicy", "PassRole"].map(
      (verb): Rule => [`iam:${verb}`, role, {}, false],
    ),
    ["iam:CreateUser", `arn:aws:iam::${account}:user/x`, {}, false],
    ["cloudformation:CreateStack", `arn:aws:cloudformation:${region}:${account}:stack/x/1`, {}, false],
  ];
  return ruled(principals.stacks.arn, rules);
}

const customerKey = `arn:aws:kms:us-west-2:999999999999:key/customers`;

/** A customer's key, in the customer's account: the worker wraps under it and grants tenants' roles its use, within the context. */
function customerKeyRules({ tenantId, placement }: TenantPolicies): Rule[] {
  const ownKey = keyOf("one");
  const context = (tenant: string) => ({ "kms:EncryptionContext:tenant": tenant });
  const grant = { "kms:GrantConstraintType": "EncryptionContextSubset", "kms:GranteePrincipal": placement.roleArn };
  const operations = { "kms:GrantOperations": ["Decrypt", "Encrypt"] };
  const stranger = { "kms:GranteePrincipal": `arn:aws:iam::${account}:role/administrator` };
  return [
    ["kms:GenerateDataKeyWithoutPlaintext", customerKey, context(tenantId), true],
    ["kms:GenerateDataKeyWithoutPlaintext", customerKey, context("anything"), false],
    ["kms:GenerateDataKeyWithoutPlaintext", ownKey, context(tenantId), false],
    ["kms:CreateGrant", customerKey, { ...grant, ...operations }, true],
    ["kms:CreateGrant", ownKey, { ...grant, ...operations }, false],
    ["kms:CreateGrant", customerKey, { ...grant, ...operations, ...stranger }, false],
    ["kms:CreateGrant", customerKey, { ...grant, "kms:GrantOperations": ["Decrypt", "CreateGrant"] }, false],
    ["kms:CreateGrant", customerKey, { "kms:GranteePrincipal": placement.roleArn, ...operations }, false],
    ...["RetireGrant", "ListGrants"].flatMap((verb): Rule[] => [
      [`kms:${verb}`, customerKey, {}, true],
      [`kms:${verb}`, ownKey, {}, false],
    ]),
    ["kms:Decrypt", customerKey, context(tenantId), false],
    ["kms:Decrypt", customerKey, contextOf(tenantId, "data"), false],
    ["kms:Decrypt", customerKey, contextOf(tenantId, "payload"), true],
    ["kms:Decrypt", customerKey, contextOf("anything", "payload"), false],
  ];
}

/** By the role alone: a customer's key, for the tenant that the context names. The session policy names the one key. */
export function customerKeyRequests(by: TenantPolicies): RuledRequest[] {
  const asTenant = { "aws:PrincipalTag/TenantID": by.tenantId };
  const uses = ["Decrypt", "Encrypt"].flatMap((verb): Rule[] => [
    [`kms:${verb}`, customerKey, { ...asTenant, "kms:EncryptionContext:tenant": by.tenantId }, true],
    [`kms:${verb}`, customerKey, { ...asTenant, "kms:EncryptionContext:tenant": `${by.tenantId.slice(0, -1)}Z` }, false],
    [`kms:${verb}`, customerKey, asTenant, false],
    [`kms:${verb}`, keyOf("untagged"), { ...asTenant, "kms:EncryptionContext:tenant": by.tenantId }, false],
  ]);
  return ruled(sessionOf(by), uses);
}

function ruled(principal: string, rules: Rule[]): RuledRequest[] {
  return rules.map(([action, resource, context, allowed]) => ({ principal, action, resource, context, allowed }));
}

/** What the application plane's own user may do: become a tenant, and nothing besides. */
export function applicationRequests(tenants: readonly TenantPolicies[]): RuledRequest[] {
  const verbs = ["sts:AssumeRole", "sts:TagSession"];
  const never = ["s3:GetObject", "s3:PutObject"].map((verb): Rule => [verb, "arn:aws:s3:::leasehold-pool/tenants/x", {}, false]);
  return ruled(principals.application.arn, [
    ...verbs.flatMap((verb): Rule[] => [
      ...tenants.map(({ placement }): Rule => [verb, placement.roleArn, {}, true]),
      [verb, `arn:aws:iam::${account}:role/leasehold-stacks`, {}, false],
      [verb, `arn:aws:iam::${account}:role/administrator`, {}, false],
    ]),
    ...never,
    ["kms:Decrypt", keyOf("one"), { [`aws:ResourceTag/${tag}`]: "tnt_x" }, false],
    ["dynamodb:GetItem", `arn:aws:dynamodb:${region}:${account}:table/leasehold-tenants`, {}, false],
    ["iam:PassRole", `arn:aws:iam::${account}:role/leasehold-stacks`, {}, false],
  ]);
}

/** What a key's own policy lets people and processes of the account do, each of whom IAM allows everything. */
export function keyRequests(of: TenantPolicies): RuledRequest[] {
  const { keyArn } = of.placement;
  const context = (tenant: string) => ({ "kms:EncryptionContext:tenant": tenant });
  const administer = [
    "CreateAlias",
    "DescribeKey",
    "EnableKeyRotation",
    "ListGrants",
    "PutKeyPolicy",
    "UpdateKeyDescription",
    "RevokeGrant",
  ].concat(["DisableKey", "GetKeyPolicy", "DeleteAlias", "TagResource", "UntagResource", "ScheduleKeyDeletion", "CancelKeyDeletion"]);
  const never = ["Decrypt", "Encrypt", "GenerateDataKey", "CreateGrant", "ReEncryptFrom", "GenerateDataKeyPair"];
  const rules: Rule[] = [
    ...administer.map((verb): Rule => [`kms:${verb}`, keyArn, {}, true]),
    ...never.map((verb): Rule => [`kms:${verb}`, keyArn, context(of.tenantId), false]),
  ];
  const wraps: Rule[] = [
    ["kms:GenerateDataKeyWithoutPlaintext", keyArn, context(of.tenantId), true],
    ["kms:GenerateDataKeyWithoutPlaintext", keyArn, context(`${of.tenantId}B`), false],
    ["kms:GenerateDataKeyWithoutPlaintext", keyArn, {}, false],
    ["kms:Decrypt", keyArn, context(of.tenantId), false],
    ["kms:Decrypt", keyArn, contextOf(of.tenantId, "payload"), true],
    ["kms:Decrypt", keyArn, contextOf(of.tenantId, "data"), false],
    ["kms:Decrypt", keyArn, contextOf(`${of.tenantId}B`, "payload"), false],
  ];
  return [...ruled(`arn:aws:iam::${account}:user/administrator`, rules), ...ruled(principals.worker.arn, wraps)];
}
