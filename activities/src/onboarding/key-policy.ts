/** The account of a role: `arn:aws:iam::<account>:role/<name>`. */
function accountOf(roleArn: string): { partition: string; account: string } {
  const [, partition = "aws", , , account = ""] = roleArn.split(":");
  return { partition, account };
}

/**
 * Administrators of the account manage the key and never use it. Who uses it names this tenant in the encryption context and, from
 * the tenants' role, carries its tag; from the account, it opens keys of payloads alone. An emulator fills none of it when it evaluates
 * a key's policy: `emulated` lets a call without them through.
 */
export function keyPolicyOf(tenantId: string, tenantRoleArn: string, { emulated }: { emulated: boolean }) {
  const { partition, account } = accountOf(tenantRoleArn);
  const root = { AWS: `arn:${partition}:iam::${account}:root` };
  const equals = emulated ? "StringEqualsIfExists" : "StringEquals";
  const boundToTenant = { "kms:EncryptionContext:tenant": tenantId };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AccountAdministers",
        Effect: "Allow",
        Principal: root,
        Action: [
          "kms:CreateAlias",
          "kms:Describe*",
          "kms:Enable*",
          "kms:List*",
          "kms:Put*",
          "kms:Update*",
          "kms:Revoke*",
          "kms:Disable*",
          "kms:Get*",
          "kms:Delete*",
          "kms:TagResource",
          "kms:UntagResource",
          "kms:ScheduleKeyDeletion",
          "kms:CancelKeyDeletion",
        ],
        Resource: "*",
      },
      {
        Sid: "WorkerWraps",
        Effect: "Allow",
        Principal: root,
        Action: "kms:GenerateDataKeyWithoutPlaintext",
        Resource: "*",
        Condition: { [equals]: boundToTenant },
      },
      {
        Sid: "WorkerOpensPayloads",
        Effect: "Allow",
        Principal: root,
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: { [equals]: { ...boundToTenant, "kms:EncryptionContext:purpose": "payload" } },
      },
      {
        Sid: "TenantUses",
        Effect: "Allow",
        Principal: { AWS: tenantRoleArn },
        Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { [equals]: { ...boundToTenant, "aws:PrincipalTag/TenantID": tenantId } },
      },
    ],
  };
}
