import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import type { AppRouter } from "@leasehold/application/router";
import { openHome } from "@leasehold/db/application/placement/open-home";
import { publishPlacement } from "@leasehold/db/application/placement/publish-placement";
import { setLimits } from "@leasehold/db/application/placement/set-limits";
import { withConnection } from "@leasehold/db/client";
import { keepDataKey } from "@leasehold/db/keyring/keep-data-key";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { epochKeyOf, onlyPool } from "@leasehold/domain/keys/epochs";
import { firstEpoch, objectPrefixOf, type Placement } from "@leasehold/domain/placement";
import { limitsOf, type PlanId, type RequestRates, type TenantLimits } from "@leasehold/domain/plans";
import type { Role } from "@leasehold/domain/roles";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { publicHalf } from "@leasehold/infra/local/provision/secrets";
import { appUrl, stackEnv } from "@leasehold/infra/local/stack-env";
import { createKit, type TenancyKit } from "@leasehold/tenancy/create-kit";
import { wrapFreshKeys } from "@leasehold/tenancy/keys/tenant-key-models";
import { createLogger } from "@leasehold/tenancy/logger";
import { workerIssuer } from "@leasehold/tenancy/token/claims";
import type { TokenIssuer } from "@leasehold/tenancy/token/issuers";
import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import type { AppProcess } from "./app-process.ts";
import { openPoolEpoch } from "./open-epoch.ts";
import { createWorld, type World } from "./world.ts";

export interface ApplicationTenant {
  tenantId: TenantId;
  plan: PlanId;
  placement: Placement;
}

export interface ApplicationClient {
  trpc: TRPCClient<AppRouter>;
  put(query: Record<string, string>, body: BodyInit, headers?: Record<string, string>): Promise<Response>;
  get(documentId: string, query?: string): Promise<Response>;
}

/** The application plane as a process of its own, beside a kit with its settings, and tenants made for it. */
export interface ApplicationWorld extends AsyncDisposable {
  world: World;
  process: AppProcess;
  url: string;
  issuers: TokenIssuer[];
  kit: TenancyKit;
  /** With every right: to make what tests need, and to look. */
  s3: S3Client;
  kms: KMSClient;
  createTenant(options?: {
    tenantId?: TenantId;
    plan?: PlanId;
    limits?: Partial<TenantLimits>;
    state?: TenantState;
    /** Without a KMS key of its own: under the pool's current epoch. */
    sharedEpoch?: boolean;
  }): Promise<ApplicationTenant>;
  setState(tenant: ApplicationTenant, state: TenantState): Promise<void>;
  as(tenant: ApplicationTenant, role?: Role, userId?: string): Promise<ApplicationClient>;
  withToken(token: string): ApplicationClient;
  /** As the owner, who sees every tenant. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

export async function createApplicationWorld(overrides: Record<string, string> = {}): Promise<ApplicationWorld> {
  const world = await createWorld();
  const { stack } = world;
  const issuers = [
    { issuer: appUrl(stack, "portal"), jwks: { keys: [publicHalf(stack.secrets.portalTokenKey)] } },
    { issuer: workerIssuer, jwks: { keys: [publicHalf(stack.secrets.workerTokenKey)] } },
  ] as TokenIssuer[];
  const application = await world.start("application", { TOKEN_ISSUERS: JSON.stringify(issuers), ...overrides });
  const { url } = application;
  const s3 = new S3Client(world.aws("root"));
  const kms = new KMSClient(world.aws("root"));
  const kit = createTestKit(world, issuers);
  const withToken = (token: string) => clientOf(url, token);
  return {
    world,
    process: application,
    url,
    issuers,
    kit,
    s3,
    kms,
    createTenant: (options = {}) => createTenant(world, kms, options),
    setState: ({ tenantId, plan, placement }, state) =>
      publishPlacement(world.pool("application", "worker"), { tenantId, plan, placement, state }),
    as: async ({ tenantId, plan }, role = "member", userId = newId("user")) =>
      withToken(await world.tokenFor({ tenantId, userId, plan, roles: [role] })),
    withToken,
    query: (text, values) => withConnection(world.ownerUrl("application"), async (owner) => (await owner.query(text, values)).rows),
    async [Symbol.asyncDispose]() {
      await kit.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

function createTestKit(world: World, issuers: TokenIssuer[]): TenancyKit {
  const env = stackEnv(world.stack, "application");
  return createKit({
    databaseUrl: world.urlOf("application", "app_tenant"),
    keyringUrl: world.urlOf("keyring", "app_tenant"),
    issuers,
    aws: { region: env.AWS_REGION ?? "", endpointUrl: env.AWS_ENDPOINT_URL, ...world.stack.aws.application },
    logger: createLogger({ name: "test", level: "silent" }),
    applicationName: "test-kit",
  });
}

/** Rates that no test meets but those that set their own. */
const unhurried: RequestRates = {
  requestsPerSecond: 10_000,
  burst: 100_000,
  keyRequestsPerSecond: 10_000,
  requestsPerDay: 100_000_000,
  concurrentRequests: 500,
};

async function createTenant(
  world: World,
  kms: KMSClient,
  {
    tenantId = newId("tenant"),
    plan = "pro",
    limits,
    state = "ACTIVE",
    sharedEpoch = false,
  }: { tenantId?: TenantId; plan?: PlanId; limits?: Partial<TenantLimits>; state?: TenantState; sharedEpoch?: boolean },
): Promise<ApplicationTenant> {
  const { aws } = world.stack;
  const keyArn = sharedEpoch ? epochKeyOf(onlyPool) : await createKmsKey(kms, tenantId);
  if (sharedEpoch) await openPoolEpoch(world);
  const [region, bucket, roleArn] = [aws.region, aws.poolBucket, aws.tenantRoleArn];
  const placement: Placement = {
    region,
    database: "pool",
    bucket,
    objectPrefix: objectPrefixOf(tenantId),
    keyArn,
    roleArn,
    epoch: firstEpoch,
  };
  const application = world.pool("application", "worker");
  await openHome(application, tenantId, firstEpoch);
  await setLimits(application, tenantId, { ...limitsOf(plan), rates: unhurried, ...limits });
  await publishPlacement(application, { tenantId, state, plan, placement });
  const keyring = world.pool("keyring", "worker");
  const wanted = (["data", "index", "payload"] as const).map((purpose) => ({ purpose, version: 1 }));
  for (const key of await wrapFreshKeys({ keyring, kms }, { tenantId, keyArn }, wanted)) await keepDataKey(keyring, tenantId, key);
  return { tenantId, plan, placement };
}

async function createKmsKey(kms: KMSClient, tenantId: TenantId): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags: [{ TagKey: "TenantID", TagValue: tenantId }] }));
  return KeyMetadata?.Arn ?? "";
}

/** The application plane at an address, asked with a token or a key. */
export function clientOf(url: string, token: string): ApplicationClient {
  const authorization = `Bearer ${token}`;
  return {
    trpc: createTRPCClient<AppRouter>({ links: [httpLink({ url: `${url}/trpc`, transformer: superjson, headers: { authorization } })] }),
    put: (query, body, headers = {}) => {
      const duplex = body instanceof ReadableStream ? { duplex: "half" } : {};
      const options = { method: "PUT", headers: { authorization, "content-type": "text/plain", ...headers }, body, ...duplex };
      return fetch(`${url}/documents/body?${new URLSearchParams(query)}`, options as RequestInit);
    },
    get: (documentId, query = "") => fetch(`${url}/documents/${documentId}/body${query}`, { headers: { authorization } }),
  };
}
