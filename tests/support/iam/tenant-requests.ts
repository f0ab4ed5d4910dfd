import type { TenantPolicies } from "./policies.ts";
import { region, tableArn } from "./policies.ts";
import type { AwsRequest } from "./simulate.ts";

export interface TenantRequest extends AwsRequest {
  /** What holds by the product's rules: one's own, by the product's verbs, with the product's conditions. */
  allowed: boolean;
}

type Make = (action: string, resource: string, context: AwsRequest["context"], allowed: boolean) => TenantRequest;

/** Everything that one tenant's credentials could ask about another's things, or about its own when `of` is itself. */
export function requestsOf(by: TenantPolicies, of: TenantPolicies): TenantRequest[] {
  const own = by.tenantId === of.tenantId;
  const make: Make = (action, resource, context, allowed) => ({
    principal: `${by.placement.roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${by.tenantId}`,
    action,
    resource,
    context: { "aws:PrincipalTag/TenantID": by.tenantId, "aws:PrincipalTag/Plan": "pro", "aws:SecureTransport": "true", ...context },
    allowed,
  });
  return [
    ...objects(make, by, of, own),
    ...lists(make, by, of),
    ...keys(make, by, of),
    ...items(make, by, of),
    ...others(make, by, of, own),
  ];
}

const objectVerbs = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"];
const header = { "s3:authType": "REST-HEADER", "s3:signatureAge": "300000" };

function objects(make: Make, by: TenantPolicies, { placement, tenantId }: TenantPolicies, own: boolean): TenantRequest[] {
  const bucket = `arn:aws:s3:::${placement.bucket}`;
  const prefix = placement.objectPrefix;
  const mine = (key: string) => placement.bucket === by.placement.bucket && key.startsWith(by.placement.objectPrefix);
  const paths = [
    `${prefix}documents/x`,
    `${prefix}`,
    `tenants/${tenantId}`,
    `tenants/${tenantId}B/x`,
    `tenants/${tenantId.slice(0, -1)}/x`,
    `tenants//${tenantId}/x`,
    `/tenants/${tenantId}/x`,
    `tenants/../tenants/${tenantId}/x`,
    `${by.placement.objectPrefix}../${tenantId}/x`,
    `other/${tenantId}/x`,
    "tenants/",
  ];
  const never = ["s3:GetObjectVersion", "s3:DeleteObjectVersion", "s3:PutObjectAcl", "s3:GetObjectAcl", "s3:PutObjectTagging"];
  const presigned = (age: number) => ({ "s3:authType": "REST-QUERY-STRING", "s3:signatureAge": String(age) });
  return [
    ...objectVerbs.flatMap((verb) => paths.map((path) => make(verb, `${bucket}/${path}`, header, mine(path)))),
    ...never.map((verb) => make(verb, `${bucket}/${prefix}x`, header, false)),
    make("s3:GetObject", `${bucket}/${prefix}x`, presigned(60_000), own),
    make("s3:GetObject", `${bucket}/${prefix}x`, presigned(60_001), false),
    make("s3:PutObject", `${bucket}/${prefix}x`, presigned(61_000), false),
    make("s3:GetObject", `${bucket}/${prefix}x`, { ...header, "aws:SecureTransport": "false" }, false),
  ];
}

function lists(make: Make, by: TenantPolicies, { placement, tenantId }: TenantPolicies): TenantRequest[] {
  const bucket = `arn:aws:s3:::${placement.bucket}`;
  const prefixes = [
    placement.objectPrefix,
    `${placement.objectPrefix}documents/`,
    `tenants/${tenantId}`,
    `tenants/${tenantId}B/`,
    "tenants/",
    "",
    undefined,
  ];
  const never = ["s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucket"];
  const mine = (prefix: string | undefined) =>
    placement.bucket === by.placement.bucket && prefix?.startsWith(by.placement.objectPrefix) === true;
  return [
    ...prefixes.map((prefix) =>
      make("s3:ListBucket", bucket, prefix === undefined ? header : { ...header, "s3:prefix": prefix }, mine(prefix)),
    ),
    make("s3:ListBucket", "arn:aws:s3:::another-bucket", { ...header, "s3:prefix": by.placement.objectPrefix }, false),
    ...never.map((verb) => make(verb, bucket, { ...header, "s3:prefix": by.placement.objectPrefix }, false)),
    make("s3:ListBucket", bucket, { ...header, "s3:prefix": placement.objectPrefix, "aws:SecureTransport": "false" }, false),
  ];
}

function keys(make: Make, by: TenantPolicies, of: TenantPolicies): TenantRequest[] {
  const own = by.tenantId === of.tenantId;
  const tag = { "aws:ResourceTag/leasehold:tenant": of.tenantId };
  const context = (tenant: string) => ({ ...tag, "kms:EncryptionContext:tenant": tenant });
  const named = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];
  const never = ["CreateGrant", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKeyWithoutPlaintext", "PutKeyPolicy", "GetKeyPolicy"].concat([
    "DisableKey",
    "EnableKey",
    "ScheduleKeyDeletion",
    "TagResource",
    "DescribeKey",
    "RetireGrant",
    "RevokeGrant",
  ]);
  const { keyArn } = of.placement;
  return [
    ...named.flatMap((verb) => [
      make(verb, keyArn, context(by.tenantId), own),
      make(verb, keyArn, context(of.tenantId), own),
      make(verb, keyArn, context(`${by.tenantId}B`), false),
      make(verb, keyArn, tag, false),
      make(verb, keyArn.replace(region, "us-east-1"), context(by.tenantId), false),
    ]),
    ...never.map((verb) => make(`kms:${verb}`, keyArn, context(by.tenantId), false)),
  ];
}

function items(make: Make, by: TenantPolicies, of: TenantPolicies): TenantRequest[] {
  const own = by.tenantId === of.tenantId;
  const [mine, theirs] = [`TENANT#${by.tenantId}`, `TENANT#${of.tenantId}`];
  const leading = (...keysOf: string[]) => ({ "dynamodb:LeadingKeys": keysOf });
  const reads = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"];
  const writes = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem"].map((verb) => `dynamodb:${verb}`);
  const never = ["PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete", "DescribeTable", "DeleteTable", "UpdateTable"].concat([
    "ExportTableToPointInTime",
    "CreateBackup",
  ]);
  const index = (name: string) => `${tableArn}/index/${name}`;
  return [
    ...[...reads, ...writes].flatMap((verb) => [
      make(verb, tableArn, leading(theirs), own),
      make(verb, tableArn, leading(mine, theirs), own),
      make(verb, tableArn, leading(`${mine}B`), false),
      make(verb, tableArn, leading("TENANT#"), false),
      make(verb, tableArn, {}, false),
      make(verb, `${tableArn}-others`, leading(mine), false),
    ]),
    ...["ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"].map((select) =>
      make("dynamodb:Query", tableArn, { ...leading(theirs), "dynamodb:Select": select }, own),
    ),
    make("dynamodb:Query", tableArn, { ...leading(mine), "dynamodb:Select": "ALL_PROJECTED_ATTRIBUTES" }, false),
    make("dynamodb:UpdateItem", tableArn, { ...leading(theirs), "dynamodb:ReturnValues": "UPDATED_NEW" }, own),
    make("dynamodb:DeleteItem", tableArn, { ...leading(theirs), "dynamodb:ReturnValues": "NONE" }, own),
    make("dynamodb:DeleteItem", tableArn, { ...leading(mine), "dynamodb:ReturnValues": "ALL_OLD" }, false),
    ...["ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"].map((select) =>
      make("dynamodb:Query", index("tenant-updated"), { ...leading(theirs), "dynamodb:Select": select }, own),
    ),
    make("dynamodb:Query", index("tenant-updated"), { ...leading(mine), "dynamodb:Select": "ALL_ATTRIBUTES" }, false),
    make("dynamodb:Query", index("tenant-updated"), leading(mine, theirs), own),
    make("dynamodb:Query", index("tenant-updated"), {}, false),
    make("dynamodb:Query", index("by-address"), leading(mine), false),
    make("dynamodb:Scan", tableArn, {}, false),
    make("dynamodb:Scan", tableArn, leading(mine), false),
    make("dynamodb:Scan", index("tenant-updated"), {}, false),
    make("dynamodb:GetRecords", `${tableArn}/stream/2026-01-01T00:00:00.000`, {}, false),
    ...never.map((verb) => make(`dynamodb:${verb}`, tableArn, leading(mine), false)),
  ];
}

function others(make: Make, by: TenantPolicies, of: TenantPolicies, own: boolean): TenantRequest[] {
  const queue = by.boundary !== undefined && own;
  const { roleArn } = of.placement;
  return [
    ...["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map((verb) => make(`sqs:${verb}`, of.queueArn, {}, queue)),
    make("sqs:SendMessage", of.queueArn.replace("leasehold-tnt", "another"), {}, false),
    ...["PurgeQueue", "DeleteQueue", "AddPermission"].map((verb) => make(`sqs:${verb}`, of.queueArn, {}, false)),
    ...["sts:AssumeRole", "sts:TagSession", "iam:PassRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"].map((verb) =>
      make(verb, roleArn, {}, false),
    ),
  ];
}
