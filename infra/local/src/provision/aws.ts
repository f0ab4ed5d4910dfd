import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, HeadBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { applicationUserPolicy, type PolicyDocument, workerUserPolicy } from "../aws-policies.ts";
import { emulatorAccount, emulatorRoot } from "../servers/aws.ts";
import type { Stack } from "../stack.ts";
import { pathsIn, readJson, writeJson } from "../supervision/files.ts";
import type { AccessKey } from "./secrets.ts";
import { provisionTenantRole } from "./tenant-role.ts";

const poolBucket = "leasehold-pool";

/** Bucket, users, role and mail identity in the embedded emulator. Idempotent. */
export async function provisionAws(dataDir: string, endpoint: string, region: string, mailFrom: string): Promise<Stack["aws"]> {
  const client = { endpoint, region, credentials: { ...emulatorRoot } };
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const iam = new IAMClient(client);
  const ses = new SESv2Client(client);
  const keysPath = `${pathsIn(dataDir).root}/aws-access-keys.json`;
  const known = readJson<Record<string, AccessKey>>(keysPath) ?? {};
  try {
    await ensureBucket(s3, region);
    await unlessThere(ses.send(new CreateEmailIdentityCommand({ EmailIdentity: mailFrom })));
    const application = await ensureUser(iam, "leasehold-application", known["leasehold-application"]);
    const worker = await ensureUser(iam, "leasehold-worker", known["leasehold-worker"]);
    writeJson(keysPath, { "leasehold-application": application, "leasehold-worker": worker });
    const tenantRoleArn = await provisionTenantRole(iam, { account: emulatorAccount, region, poolBucket });
    const roles = [tenantRoleArn, `arn:aws:iam::${emulatorAccount}:role/leasehold-*`];
    await putPolicy(iam, "leasehold-application", applicationUserPolicy(roles));
    await putPolicy(iam, "leasehold-worker", workerUserPolicy());
    return { endpoint, region, root: emulatorRoot, application, worker, poolBucket, tenantRoleArn };
  } finally {
    for (const each of [s3, iam, ses]) each.destroy();
  }
}

/** Runs a creation; that the thing is there already is no error. */
export async function unlessThere<T>(creation: Promise<T>): Promise<T | undefined> {
  try {
    return await creation;
  } catch (error) {
    if (error instanceof Error && /AlreadyExists|AlreadyOwnedByYou/.test(error.name)) return undefined;
    throw error;
  }
}

async function ensureBucket(s3: S3Client, region: string): Promise<void> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: poolBucket }));
  } catch {
    const constraint = region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region as "eu-central-1" } };
    await unlessThere(s3.send(new CreateBucketCommand({ Bucket: poolBucket, ...constraint })));
  }
  await s3.send(new PutBucketVersioningCommand({ Bucket: poolBucket, VersioningConfiguration: { Status: "Enabled" } }));
}

async function ensureUser(iam: IAMClient, UserName: string, known: AccessKey | undefined): Promise<AccessKey> {
  await unlessThere(iam.send(new CreateUserCommand({ UserName })));
  const { AccessKeyMetadata: keys = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  if (known !== undefined && keys.some((key) => key.AccessKeyId === known.accessKeyId)) return known;
  for (const { AccessKeyId } of keys) await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  const { AccessKey: created } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  if (created?.AccessKeyId === undefined || created.SecretAccessKey === undefined)
    throw new Error(`no access key came back for ${UserName}`);
  return { accessKeyId: created.AccessKeyId, secretAccessKey: created.SecretAccessKey };
}

function putPolicy(iam: IAMClient, UserName: string, policy: PolicyDocument): Promise<unknown> {
  return iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "leasehold", PolicyDocument: JSON.stringify(policy) }));
}
