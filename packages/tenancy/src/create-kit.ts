import { createPool } from "@leasehold/db/client";
import { findLoss } from "@leasehold/db/keyring/data-keys/find-loss";
import { findWrappedKey, listWrappedKeys } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import type pg from "pg";
import { type ApiKeyVerifier, createApiKeyVerifier } from "./api-keys/verify-api-key.ts";
import type { TenantScope } from "./context.ts";
import { type AwsAccess, type AwsSettings, createAwsAccess } from "./credentials/aws-clients.ts";
import { type CredentialVendor, createCredentialVendor } from "./credentials/vend-credentials.ts";
import { createTenantData, type TenantData } from "./data/tenant-data.ts";
import { createTenantItems, type TenantItems } from "./dynamodb/tenant-items.ts";
import { createDataKeys, type DataKeys } from "./keys/data-keys.ts";
import { createKeyCare, type KeyCare } from "./keys/key-care.ts";
import { createLimits, type Limits } from "./limits/create-limits.ts";
import type { Logger } from "./logger.ts";
import { createObjectPresigner, type ObjectPresigner } from "./objects/presign-object.ts";
import { createTenantObjects, type TenantObjects } from "./objects/tenant-objects.ts";
import { createPlacementDirectory, type PlacementDirectory } from "./placement/find-placement.ts";
import type { TokenIssuer } from "./token/issuers.ts";
import { createTokenVerifier, type TokenVerifier } from "./token/verify-token.ts";

export interface KitSettings {
  databaseUrl: string;
  keyringUrl: string;
  issuers: readonly TokenIssuer[];
  aws: AwsSettings;
  /** The region whose tenants are served; that of AWS unless told. */
  region?: string | undefined;
  logger: Logger;
  applicationName: string;
  /** Connections to the pool's database; 10 unless told. */
  maxConnections?: number;
}

/** Everything that a tenant-scoped request hangs from, for one process. */
export interface TenancyKit {
  verifier: TokenVerifier;
  apiKeys: ApiKeyVerifier;
  placements: PlacementDirectory;
  region: string;
  vendor: CredentialVendor;
  aws: AwsAccess;
  keys: DataKeys;
  keyCare: KeyCare;
  objects: TenantObjects;
  /** Items of the DynamoDB table that the settings name. */
  items: TenantItems;
  /** For products that keep plain objects: the browser fetches and stores them itself. */
  presign: ObjectPresigner;
  data: TenantData;
  limits: Limits;
  /** Answers when both databases do. */
  ping(): Promise<void>;
  /** Zeroises keys and closes connections. */
  close(): Promise<void>;
}

export function createKit(settings: KitSettings): TenancyKit {
  const { applicationName, logger } = settings;
  const pool = createPool(settings.databaseUrl, { max: settings.maxConnections ?? 10, applicationName, prepares: true });
  const keyring = createPool(settings.keyringUrl, { max: 4, applicationName });
  const placements = createPlacementDirectory(pool);
  const aws = createAwsAccess(settings.aws);
  const vendor = createCredentialVendor({
    sts: aws.sts,
    table: settings.aws.table,
    webIdentity: settings.aws.webIdentity,
    onPackedSize: ({ tenantId }, percent) => logger.warn({ tenantId, percent }, "a session policy is close to the size that STS packs"),
  });
  const kmsFor = async (scope: TenantScope) => (await aws.clientsFor(scope, vendor)).kms;
  const keys = createDataKeys({
    loadWrappedKey: (tenantId, version) => findWrappedKey(keyring, tenantId, version),
    findLoss: (tenantId, version) => findLoss(keyring, tenantId, version),
    kmsFor,
  });
  const keyCare = createKeyCare({
    listWrappedKeys: (tenantId) => listWrappedKeys(keyring, tenantId),
    findCurrentEpoch: (ofPool) => findEpoch(keyring, ofPool, "current"),
    kmsFor,
  });
  const objects = createTenantObjects({ keys, s3For: async (scope) => (await aws.clientsFor(scope, vendor)).s3 });
  const items = createTenantItems({
    table: settings.aws.table,
    clientFor: async (scope) => (await aws.clientsFor(scope, vendor)).dynamo(),
  });
  const presign = createObjectPresigner({ s3For: async (scope) => (await aws.clientsFor(scope, vendor)).s3 });
  const data = createTenantData({ url: settings.databaseUrl, pool, placements, applicationName });
  const onTouchFailed = (err: unknown) => logger.warn({ err }, "an API key's last use could not be noted");
  const limits = createLimits({ pool });
  return {
    verifier: createTokenVerifier(settings.issuers),
    apiKeys: createApiKeyVerifier({ pool, data, onTouchFailed }),
    placements,
    region: settings.region ?? settings.aws.region,
    vendor,
    aws,
    keys,
    keyCare,
    objects,
    items,
    presign,
    data,
    limits,
    ping: () => answerAll([pool, keyring]),
    async close() {
      keys.close();
      await limits.close();
      await Promise.all([data.close(), keyring.end()]);
    },
  };
}

async function answerAll(pools: pg.Pool[]): Promise<void> {
  await Promise.all(pools.map((pool) => pool.query("select 1")));
}
