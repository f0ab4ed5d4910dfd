import { account, epochKeyArn, principals, region, type TenantPolicies } from "./policies.ts";
import type { RuledRequest } from "./ruled-request.ts";
import type { AwsRequest } from "./simulate.ts";

type Rule = [action: string, resource: string, context: AwsRequest["context"], allowed: boolean];

const poolTag = "aws:ResourceTag/leasehold:pool";
const tagged = { [poolTag]: "pool" };
const context = { "kms:EncryptionContext:pool": "pool", "kms:EncryptionContext:epoch": "1", "kms:EncryptionContext:purpose": "branch" };
const without = (key: string) => Object.fromEntries(Object.entries({ ...tagged, ...context }).filter(([name]) => name !== key));
const elsewhere = epochKeyArn.replace(region, "us-east-1");
const ruled = (principal: string, rules: Rule[]): RuledRequest[] =>
  rules.map(([action, resource, given, allowed]) => ({ principal, action, resource, context: given, allowed }));

/** Wrong in one thing each: the pool's tag, and what the branch key is bound to. */
const wrongBranches: AwsRequest["context"][] = [
  ...[poolTag, "kms:EncryptionContext:pool", "kms:EncryptionContext:purpose"].flatMap((key) => [
    without(key),
    { ...tagged, ...context, [key]: "another" },
  ]),
  {},
];

/** What a pooled tenant's session does with the key of its pool's epoch: open the branch key, and nothing else. */
export function branchRequests(by: TenantPolicies): RuledRequest[] {
  const principal = `${by.placement.roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${by.tenantId}`;
  const asTenant = { "aws:PrincipalTag/TenantID": by.tenantId };
  const never = ["Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "CreateGrant", "DisableKey"];
  return ruled(principal, [
    ["kms:Decrypt", epochKeyArn, { ...tagged, ...context, ...asTenant }, true],
    ["kms:Decrypt", elsewhere, { ...tagged, ...context, ...asTenant }, false],
    ["kms:Decrypt", epochKeyArn, { ...tagged, ...context }, false],
    ...["*", "tnt_*", "", `${by.tenantId}B`].map(
      (tag): Rule => ["kms:Decrypt", epochKeyArn, { ...tagged, ...context, "aws:PrincipalTag/TenantID": tag }, false],
    ),
    ...wrongBranches.map((wrong): Rule => ["kms:Decrypt", epochKeyArn, { ...wrong, ...asTenant }, false]),
    ...never.map((verb): Rule => [`kms:${verb}`, epochKeyArn, { ...tagged, ...context, ...asTenant }, false]),
  ]);
}

/** What the worker does with keys of epochs: make, use and end those of the pool. */
export function workerEpochRequests({ tenantId }: TenantPolicies): RuledRequest[] {
  const tags = (pool: string, keys = ["leasehold:pool", "leasehold:epoch"]) => ({
    "aws:RequestTag/leasehold:pool": pool,
    "aws:RequestTag/leasehold:epoch": "1",
    "aws:TagKeys": keys,
  });
  const ofTenant = { "aws:RequestTag/leasehold:tenant": tenantId, "aws:TagKeys": ["leasehold:tenant"] };
  const uses = ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext"];
  const manages = ["DisableKey", "ScheduleKeyDeletion", "CreateAlias", "DeleteAlias"].map((verb) => `kms:${verb}`);
  const never = ["Encrypt", "GenerateDataKey", "PutKeyPolicy", "CreateGrant", "EnableKey", "CancelKeyDeletion", "UntagResource"];
  return ruled(principals.worker.arn, [
    ["kms:CreateKey", "*", tags("pool"), true],
    ["kms:CreateKey", "*", tags("another"), false],
    ["kms:TagResource", epochKeyArn, tags("pool"), true],
    ["kms:TagResource", elsewhere, tags("pool"), false],
    ["kms:TagResource", epochKeyArn, tags("another"), false],
    ["kms:TagResource", epochKeyArn, tags("pool", ["leasehold:pool", "owner"]), false],
    ["kms:TagResource", epochKeyArn, { ...tags("pool"), ...tagged }, false],
    ["kms:TagResource", epochKeyArn, { ...ofTenant, ...tagged }, false],
    ["kms:TagResource", epochKeyArn, { ...tags("pool"), "aws:ResourceTag/leasehold:tenant": tenantId }, false],
    ...manages.flatMap((verb): Rule[] => [
      [verb, epochKeyArn, tagged, true],
      [verb, epochKeyArn, {}, false],
      [verb, epochKeyArn, { [poolTag]: "another" }, false],
      [verb, elsewhere, tagged, false],
    ]),
    ...uses.flatMap((verb): Rule[] => [
      [verb, epochKeyArn, { ...tagged, ...context }, true],
      [verb, elsewhere, { ...tagged, ...context }, false],
      ...wrongBranches.map((wrong): Rule => [verb, epochKeyArn, wrong, false]),
    ]),
    ...never.map((verb): Rule => [`kms:${verb}`, epochKeyArn, { ...tagged, ...context }, false]),
  ]);
}

/** What the policy of an epoch's key lets people of the account do, each of whom IAM allows everything, and tenants' sessions by itself. */
export function epochKeyRequests(by: TenantPolicies): RuledRequest[] {
  const administer = [
    "CreateAlias",
    "DescribeKey",
    "EnableKey",
    "ListGrants",
    "PutKeyPolicy",
    "UpdateKeyDescription",
    "RevokeGrant",
  ].concat(["DisableKey", "GetKeyPolicy", "DeleteAlias", "TagResource", "UntagResource", "ScheduleKeyDeletion", "CancelKeyDeletion"]);
  const never = ["Encrypt", "GenerateDataKey", "CreateGrant", "ReEncryptFrom", "GenerateDataKeyPair"];
  const bound = ["pool", "epoch", "purpose"].map((key) => `kms:EncryptionContext:${key}`);
  const unbound = bound.flatMap((key) => [
    Object.fromEntries(Object.entries(context).filter(([name]) => name !== key)),
    { ...context, [key]: "another" },
  ]);
  const asTenant = { "aws:PrincipalTag/TenantID": by.tenantId };
  const tenant = `${by.placement.roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${by.tenantId}`;
  return [
    ...ruled(`arn:aws:iam::${account}:user/administrator`, [
      ...administer.map((verb): Rule => [`kms:${verb}`, epochKeyArn, {}, true]),
      ...never.map((verb): Rule => [`kms:${verb}`, epochKeyArn, context, false]),
      ...["kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"].flatMap((verb): Rule[] => [
        [verb, epochKeyArn, context, true],
        ...unbound.map((given): Rule => [verb, epochKeyArn, given, false]),
      ]),
    ]),
    ...ruled(tenant, [
      ["kms:Decrypt", epochKeyArn, { ...context, ...asTenant }, true],
      ["kms:Decrypt", epochKeyArn, context, false],
      ["kms:Decrypt", epochKeyArn, { ...context, "aws:PrincipalTag/TenantID": "" }, false],
      ...unbound.map((given): Rule => ["kms:Decrypt", epochKeyArn, { ...given, ...asTenant }, false]),
      ["kms:GenerateDataKeyWithoutPlaintext", epochKeyArn, { ...context, ...asTenant }, false],
    ]),
  ];
}
