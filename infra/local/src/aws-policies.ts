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

const document = (...Statement: PolicyStatement[]): PolicyDocument => ({ Version: "2012-10-17", Statement });

/** The application plane's own user can do nothing but become a tenant. */
export function applicationUserPolicy(tenantRoleArns: string[]): PolicyDocument {
  return document({ Sid: "BecomeOneTenant", Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Resource: tenantRoleArns });
}

/** What the worker's user may do: make and remove what belongs to tenants, and send mail. */
export function workerUserPolicy(): PolicyDocument {
  const actions = [
    "kms:*",
    "s3:*",
    "sqs:*",
    "cloudformation:*",
    "iam:*",
    "ses:*",
    "tag:*",
    "sts:AssumeRole",
    "sts:TagSession",
    "sts:GetCallerIdentity",
  ];
  return document({ Sid: "OperateTenants", Effect: "Allow", Action: actions, Resource: "*" });
}

export interface TenantRolePlace {
  account: string;
  region: string;
  poolBucket: string;
}

/** The tenant role of the emulator: who may become a tenant, and what any tenant may do at most. */
export function tenantRolePolicies({ account, region, poolBucket }: TenantRolePlace): {
  trust: PolicyDocument;
  permissions: PolicyDocument;
} {
  const users = ["leasehold-application", "leasehold-worker"].map((user) => `arn:aws:iam::${account}:user/${user}`);
  const bucket = `arn:aws:s3:::${poolBucket}`;
  return {
    trust: document({
      Effect: "Allow",
      Principal: { AWS: users },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: { StringLike: { "aws:RequestTag/TenantID": "tnt_*" } },
    }),
    permissions: document(
      { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource: `${bucket}/tenants/*` },
      { Effect: "Allow", Action: "s3:ListBucket", Resource: bucket, Condition: { StringLike: { "s3:prefix": "tenants/*" } } },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
        Resource: `arn:aws:kms:${region}:${account}:key/*`,
      },
    ),
  };
}
