import { KMSClient } from "@aws-sdk/client-kms";
import { createDatabase, dropDatabase } from "@leasehold/db/bootstrap";
import { createPool, withDatabase } from "@leasehold/db/client";
import { type Plane, type ProcessRole, planes } from "@leasehold/db/roles";
import type { TenantId } from "@leasehold/domain/ids";
import type { Role } from "@leasehold/domain/roles";
import { chooseFreePorts } from "@leasehold/infra/local/ports";
import type { Stack } from "@leasehold/infra/local/stack";
import { type AppName, appUrl, databaseUrl } from "@leasehold/infra/local/stack-env";
import { ensureControlPlaneKey } from "@leasehold/tenancy/payloads/control-plane-key";
import { createPayloadKeySource } from "@leasehold/tenancy/payloads/payload-key-source";
import { createPayloadKeys, type PayloadKeys } from "@leasehold/tenancy/payloads/payload-keys";
import { signTenantToken } from "@leasehold/tenancy/token/sign-token";
import { clientConverter } from "@leasehold/worker/temporal/data-converter";
import { Client, Connection } from "@temporalio/client";
import type { Pool } from "pg";
import { type AppProcess, startApp } from "./app-process.ts";
import { sharedStack, startServers } from "./servers.ts";

export type AwsUser = "root" | "application" | "worker";

/** One test file's own product on the run's real servers: databases, task queue, ports and processes of its own. */
export interface World extends AsyncDisposable {
  id: string;
  /** The shared stack with this world's databases, task queue and ports: what `stackEnv` makes settings from. */
  stack: Stack;
  urlOf(plane: Plane, role: ProcessRole): string;
  /** The URL of leasehold_owner. */
  ownerUrl(plane: Plane): string;
  /** A pool under one role; the same one each time, ended with the world. */
  pool(plane: Plane, role: ProcessRole): Pool;
  /** What a client of the AWS SDK is made with: `new S3Client(world.aws("root"))`. */
  aws(user: AwsUser): {
    endpoint?: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    forcePathStyle: true;
  };
  /** Reads and writes as the product's clients do. */
  temporal: Client;
  /** Keys of what Temporal keeps, opened as the worker does. */
  payloadKeys: PayloadKeys;
  /** A token as the portal signs it. */
  tokenFor(person: { tenantId: TenantId; userId: string; plan?: string; roles?: Role[]; lifetimeSeconds?: number }): Promise<string>;
  /** Starts a process of this world; the world ends it. Settings in `overrides` win. */
  start(app: AppName, overrides?: Record<string, string>): Promise<AppProcess>;
  /** Mails that the product sent to an address, oldest first. */
  mailTo(address: string): Promise<{ Subject: string; BodyText: string; BodyHtml: string }[]>;
}

/**
 * Makes a world and starts `apps` in it, in order. On the servers that the run shares, or on its own outside of a run
 * (`ownServers` for tests that harm them).
 */
export async function createWorld(options: { apps?: AppName[]; ownServers?: boolean; durable?: boolean } = {}): Promise<World> {
  await using undo = new AsyncDisposableStack();
  const shared = options.ownServers || options.durable ? undefined : sharedStack();
  const base = shared ?? undo.use(await startServers({ durable: options.durable })).stack;
  const id = Math.random().toString(36).slice(2, 10);
  const names = {} as Record<Plane, string>;
  for (const plane of planes) {
    names[plane] = `world_${id}_${plane}`;
    await createDatabase(base.database.ownerUrl, names[plane], plane, { template: base.database.names[plane] });
    undo.defer(() => dropDatabase(base.database.ownerUrl, names[plane]));
  }
  const own = await chooseFreePorts();
  const ports = { ...base.ports, portal: own.portal, console: own.console, application: own.application, workerHealth: own.workerHealth };
  const stack: Stack = {
    ...base,
    ports,
    database: { ...base.database, names },
    temporal: { ...base.temporal, taskQueue: `control-${id}` },
  };
  const connection = undo.adopt(await Connection.connect({ address: stack.temporal.address }), (open) => open.close());
  const pools = new Map<string, Pool>();
  undo.defer(async () => {
    for (const pool of pools.values()) await pool.end();
  });
  const kms = undo.adopt(new KMSClient({ endpoint: stack.aws.endpoint, region: stack.aws.region, credentials: stack.aws.worker }), (open) =>
    open.destroy(),
  );
  const keyring = undo.adopt(createPool(databaseUrl(stack, "keyring", "worker"), { max: 2, applicationName: "test-payloads" }), (open) =>
    open.end(),
  );
  await ensureControlPlaneKey({ keyring, kms }, "alias/leasehold/control-plane");
  const payloadKeys = undo.adopt(createPayloadKeys(createPayloadKeySource({ keyring, kms })), (open) => open.close());
  const world: World = {
    id,
    stack,
    payloadKeys,
    temporal: new Client({ connection, namespace: stack.temporal.namespace, dataConverter: clientConverter(payloadKeys) }),
    urlOf: (plane, role) => databaseUrl(stack, plane, role),
    ownerUrl: (plane) => withDatabase(stack.database.ownerUrl, names[plane]),
    pool(plane, role) {
      const url = databaseUrl(stack, plane, role);
      const pool = pools.get(url) ?? createPool(url, { max: 5, applicationName: `test-${role}` });
      pools.set(url, pool);
      return pool;
    },
    aws: (user) => ({ endpoint: stack.aws.endpoint, region: stack.aws.region, credentials: { ...stack.aws[user] }, forcePathStyle: true }),
    tokenFor: ({ userId: subject, plan = "pro", roles = ["owner"], ...rest }) =>
      signTenantToken(stack.secrets.portalTokenKey, { issuer: appUrl(stack, "portal"), plan, subject, roles, ...rest }),
    async start(app, overrides) {
      return undo.use(await startApp(stack, app, overrides));
    },
    mailTo: (address) => readMailTo(stack, address),
    [Symbol.asyncDispose]: async () => undefined,
  };
  for (const app of options.apps ?? []) await world.start(app);
  const owned = undo.move();
  world.start = async (app, overrides) => owned.use(await startApp(stack, app, overrides));
  world[Symbol.asyncDispose] = () => owned.disposeAsync();
  return world;
}

async function readMailTo(stack: Stack, address: string): Promise<{ Subject: string; BodyText: string; BodyHtml: string }[]> {
  const response = await fetch(`${stack.aws.endpoint}/_ministack/ses/messages`);
  type Mail = { To: string[]; Subject: string; BodyText: string; BodyHtml: string };
  const { messages } = (await response.json()) as { messages: Record<string, Mail[]> };
  return Object.values(messages)
    .flat()
    .filter((mail) => mail.To.includes(address));
}
