import { ownerOf } from "@leasehold/domain/keys/custody";

const administering = ["Create", "Describe", "Enable", "List", "Put", "Update", "Revoke", "Disable", "Get", "Delete"].map((verb) =>
  verb === "Create" ? "kms:CreateAlias" : `kms:${verb}*`,
);

/**
 * The policy of an epoch's KMS key. The account administers it; whom IAM lets wrap or open with it, and a tenant's session, does so for
 * the branch key of this pool and epoch only. An emulator fills neither context nor tag: `emulated` lets a call without them through.
 */
export function epochKeyPolicyOf(
  { pool, epoch }: { pool: string; epoch: number },
  tenantRoleArn: string,
  { emulated }: { emulated: boolean },
) {
  const { partition, account } = ownerOf(tenantRoleArn);
  const root = { AWS: `arn:${partition}:iam::${account}:root` };
  const [equals, like] = emulated ? (["StringEqualsIfExists", "StringLikeIfExists"] as const) : (["StringEquals", "StringLike"] as const);
  const ofBranch = {
    "kms:EncryptionContext:pool": pool,
    "kms:EncryptionContext:epoch": String(epoch),
    "kms:EncryptionContext:purpose": "branch",
  };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AccountAdministers",
        Effect: "Allow",
        Principal: root,
        Action: [...administering, "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
        Resource: "*",
      },
      {
        Sid: "WorkerWrapsAndTurns",
        Effect: "Allow",
        Principal: root,
        Action: ["kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"],
        Resource: "*",
        Condition: { [equals]: ofBranch },
      },
      {
        Sid: "TenantsUnwrap",
        Effect: "Allow",
        Principal: { AWS: tenantRoleArn },
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: { [equals]: ofBranch, [like]: { "aws:PrincipalTag/TenantID": "tnt_??????????????????????????" } },
      },
    ],
  };
}
