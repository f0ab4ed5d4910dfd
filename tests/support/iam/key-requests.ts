import type { TenantPolicies } from "./policies.ts";
import { account, principals } from "./policies.ts";
import { contextOf, keyOf, type Rule, type RuledRequest, ruled, sessionOf } from "./ruled-request.ts";

const customerKey = `arn:aws:kms:us-west-2:999999999999:key/customers`;

/** A customer's key, in the customer's account: the worker wraps under it and grants tenants' roles its use, within the context. */
export function customerKeyRules({ tenantId, placement }: TenantPolicies): Rule[] {
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
