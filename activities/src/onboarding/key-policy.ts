/** The account of a role: `arn:aws:iam::<account>:role/<name>`. */
function accountOf(roleArn: string): { partition: string; account: string } {
  const [, partition = "aws", , , account = ""] = roleArn.split(":");
  return { partition, account };
}

/**
 * Administrators of the account manage the key and never use it. Whoever names a tenant in the context, or comes with a
 * tenant's tag, must name this one. A call that names none opens nothing: KMS authenticates the context of each data key.
 */
export function keyPolicyOf(tenantId: string, tenantRoleArn: string) {
  const { partition, account } = accountOf(tenantRoleArn);
  const root = { AWS: `arn:${partition}:iam::${account}:root` };
  const boundToTenant = { "kms:EncryptionContext:tenant": tenantId };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AccountAdministers",
        Effect: "Allow",
        Principal: root,
        Action: [
          "kms:Create*",
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
        Condition: { StringEqualsIfExists: boundToTenant },
      },
      {
        Sid: "TenantUses",
        Effect: "Allow",
        Principal: { AWS: tenantRoleArn },
        Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { StringEqualsIfExists: { ...boundToTenant, "aws:PrincipalTag/TenantID": tenantId } },
      },
    ],
  };
}
