import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, HeadBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { readDeployedPrincipals } from "../aws-policies.ts";
import { emulatorAccount, emulatorRoot } from "../servers/aws.ts";
import type { Stack } from "../stack.ts";
import { readJson, writeJson } from "../supervision/files.ts";
import { ensurePlatformKeys } from "./platform-keys.ts";
import { ensureAccessKey, ensurePrincipal, unlessThere } from "./principals.ts";
import type { AccessKey } from "./secrets.ts";

const poolBucket = "leasehold-pool";
const roleArn = (name: string) => `arn:aws:iam::${emulatorAccount}:role/${name}`;

/** Bucket, users, roles, the platform's keys and mail identity in the embedded emulator. Idempotent. */
export async function provisionAws(dataDir: string, endpoint: string, region: string, mailFrom: string): Promise<Stack["aws"]> {
  const client = { endpoint, region, credentials: { ...emulatorRoot } };
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const iam = new IAMClient(client);
  const kms = new KMSClient(client);
  const ses = new SESv2Client(client);
  const keysPath = `${dataDir}/aws-access-keys.json`;
  const known = readJson<Record<string, AccessKey>>(keysPath) ?? {};
  try {
    await ensureBucket(s3, region);
    await unlessThere(ses.send(new CreateEmailIdentityCommand({ EmailIdentity: mailFrom })));
    for (const principal of readDeployedPrincipals({ account: emulatorAccount, region, poolBucket })) await ensurePrincipal(iam, principal);
    await ensurePlatformKeys(kms, region, poolBucket);
    const application = await ensureAccessKey(iam, "leasehold-application", known.application);
    const worker = await ensureAccessKey(iam, "leasehold-worker", known.worker);
    writeJson(keysPath, { application, worker });
    const roles = { tenantRoleArn: roleArn("leasehold-tenant"), stackRoleArn: roleArn("leasehold-stacks") };
    return { endpoint, emulated: true, region, root: emulatorRoot, application, worker, poolBucket, ...roles };
  } finally {
    for (const each of [s3, iam, kms, ses]) each.destroy();
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
