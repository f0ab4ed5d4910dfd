export interface Place {
  account: string;
  region: string;
}

type Named = Record<string, unknown>;

/** The part of an ARN behind the account, by type of resource, from the properties that name it. */
const paths: Record<string, (named: Named, id: string) => { service: string; path: string; global?: boolean; bare?: boolean }> = {
  "AWS::IAM::User": ({ UserName }) => ({ service: "iam", path: `user/${UserName}`, global: true }),
  "AWS::IAM::Role": ({ RoleName }) => ({ service: "iam", path: `role/${RoleName}`, global: true }),
  "AWS::IAM::ManagedPolicy": ({ ManagedPolicyName }) => ({ service: "iam", path: `policy/${ManagedPolicyName}`, global: true }),
  "AWS::IAM::OIDCProvider": ({ Url }) => ({ service: "iam", path: `oidc-provider/${String(Url).replace("https://", "")}`, global: true }),
  "AWS::S3::Bucket": ({ BucketName }) => ({ service: "s3", path: String(BucketName), bare: true }),
  "AWS::KMS::Key": (_, id) => ({ service: "kms", path: `key/${id}` }),
  "AWS::SQS::Queue": ({ QueueName }) => ({ service: "sqs", path: String(QueueName) }),
  "AWS::DynamoDB::Table": ({ TableName }) => ({ service: "dynamodb", path: `table/${TableName}` }),
};
/** Types whose `Ref` is the ARN; that of all others is the name, or the logical id where the resource has none. */
const refIsArn = new Set(["AWS::IAM::ManagedPolicy", "AWS::IAM::OIDCProvider"]);

export function arnOf(type: string, id: string, named: Named, { account, region }: Place): string {
  const found = paths[type]?.(named, id);
  if (found === undefined) return id;
  if (found.bare) return `arn:aws:${found.service}:::${found.path}`;
  return `arn:aws:${found.service}:${found.global ? "" : region}:${account}:${found.path}`;
}

export function refOf(type: string, id: string, named: Named, place: Place): string {
  if (refIsArn.has(type)) return arnOf(type, id, named, place);
  const path = paths[type]?.(named, id).path;
  return path === undefined ? id : (path.split("/").at(-1) ?? id);
}
