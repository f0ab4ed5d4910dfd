import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { S3Client } from "@aws-sdk/client-s3";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import type { EpochDependencies } from "@leasehold/activities/keys/epoch-dependencies";
import type { ShreddingDependencies } from "@leasehold/activities/offboarding/shredding-dependencies";
import type { OnboardingDependencies } from "@leasehold/activities/onboarding/dependencies";
import { createPool, withLogin } from "@leasehold/db/client";
import { createOwnBranchLeases } from "@leasehold/tenancy/keys/branch-leases";
import { traceAws } from "@leasehold/tenancy/telemetry/trace-aws";
import type { WorkerEnv } from "./env.ts";

export interface Clients extends OnboardingDependencies, EpochDependencies, Omit<ShreddingDependencies, "temporal"> {
  ses: SESv2Client;
  close(): Promise<void>;
}

const applicationName = "leasehold-worker";
const connections = { keepAlive: true, maxSockets: 64 };
/** Milliseconds. Each call is tried once: an unanswered CreateKey must be looked for, not sent again. */
const calls = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** Every client of the process, with timeouts, over connections that stay open. */
export function createClients(env: WorkerEnv): Clients {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY };
  const requestHandler = { ...calls, httpAgent: new HttpAgent(connections), httpsAgent: new HttpsAgent(connections) };
  const endpoint = env.AWS_ENDPOINT_URL === undefined ? {} : { endpoint: env.AWS_ENDPOINT_URL };
  const aws = { ...endpoint, region: env.AWS_REGION, credentials, requestHandler, maxAttempts: 1 };
  const control = createPool(env.WORKER_CONTROL_DATABASE_URL, { max: 24, applicationName, background: true });
  const application = createPool(env.WORKER_APPLICATION_DATABASE_URL, { max: 12, applicationName, background: true });
  const keyring = createPool(env.WORKER_KEYRING_DATABASE_URL, { max: 6, applicationName, background: true });
  const asAuditor = (url: string) => withLogin(url, "auditor", env.AUDITOR_DATABASE_PASSWORD);
  const looking = (url: string) => createPool(asAuditor(url), { max: 2, applicationName: "leasehold-auditor", background: true });
  const auditor = {
    control: looking(env.WORKER_CONTROL_DATABASE_URL),
    application: looking(env.WORKER_APPLICATION_DATABASE_URL),
    keyring: looking(env.WORKER_KEYRING_DATABASE_URL),
    applicationDatabaseUrl: asAuditor(env.WORKER_APPLICATION_DATABASE_URL),
  };
  const services = {
    kms: new KMSClient(aws),
    s3: new S3Client({ ...aws, forcePathStyle: env.AWS_ENDPOINT_URL !== undefined }),
    tagging: new ResourceGroupsTaggingAPIClient(aws),
    dynamoDb: new DynamoDBClient(aws),
    cloudFormation: new CloudFormationClient(aws),
    ses: new SESv2Client(aws),
  };
  for (const service of Object.values(services)) traceAws(service);
  const branchKeys = createOwnBranchLeases(services.kms);
  return {
    control,
    application,
    keyring,
    ...services,
    branchKeys,
    retryForMs: env.STEP_RETRY_SECONDS * 1_000,
    auditor,
    tenantTable: env.TENANT_TABLE,
    retention: {
      backupDays: env.BACKUP_RETENTION_DAYS,
      keyringBackupDays: env.KEYRING_BACKUP_RETENTION_DAYS,
      temporalDays: env.TEMPORAL_RETENTION_DAYS,
      logDays: env.LOG_RETENTION_DAYS,
      anchorDays: env.AUDIT_LOCK_DAYS,
    },
    applicationDatabaseUrl: env.WORKER_APPLICATION_DATABASE_URL,
    ownerDatabaseUrl: env.OWNER_DATABASE_URL,
    poolBucket: env.POOL_BUCKET,
    poolCapacity: env.POOL_CAPACITY,
    keyDeletionDays: env.KEY_DELETION_DAYS,
    epochTurns: env.EPOCH_TURNS,
    tenantRoleArn: env.TENANT_ROLE_ARN,
    stackRoleArn: env.STACK_ROLE_ARN,
    emulated: env.AWS_EMULATED,
    applicationUrl: env.APPLICATION_URL,
    tokenKey: env.WORKER_TOKEN_PRIVATE_JWK,
    async close() {
      branchKeys.close();
      for (const service of Object.values(services)) service.destroy();
      const pools = [control, application, keyring, auditor.control, auditor.application, auditor.keyring];
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}
