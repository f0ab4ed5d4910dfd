import type { TenantPolicies } from "./policies.ts";
import { account, principals, region } from "./policies.ts";
import { keyOf, type Rule, type RuledRequest, ruled, tag } from "./ruled-request.ts";

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
