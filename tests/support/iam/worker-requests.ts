import { customerKeyRules } from "./key-requests.ts";
import type { TenantPolicies } from "./policies.ts";
import { account, principals, region } from "./policies.ts";
import { contextOf, keyOf, type Rule, type RuledRequest, ruled, tag } from "./ruled-request.ts";
import type { AwsRequest } from "./simulate.ts";

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
