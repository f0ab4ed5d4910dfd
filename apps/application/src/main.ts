import { createKit } from "@leasehold/tenancy/create-kit";
import { createLogger } from "@leasehold/tenancy/logger";
import { serveMetrics } from "@leasehold/tenancy/telemetry/serve-metrics";
import { startTracing } from "@leasehold/tenancy/telemetry/start-tracing";
import { readEnv } from "./env.ts";
import { createServer } from "./server.ts";

/** How long requests under way may take to end after a signal, in milliseconds. */
const drainMs = 10_000;

const env = readEnv();
const logger = createLogger({ name: "application", level: env.LOG_LEVEL });
const endTracing = await startTracing("application");
const kit = createKit({
  databaseUrl: env.APPLICATION_DATABASE_URL,
  keyringUrl: env.APPLICATION_KEYRING_DATABASE_URL,
  issuers: env.TOKEN_ISSUERS,
  aws: {
    region: env.AWS_REGION,
    endpointUrl: env.AWS_ENDPOINT_URL,
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    table: env.TENANT_TABLE,
    webIdentity: env.TENANT_CREDENTIALS === "web-identity",
  },
  region: env.LEASEHOLD_REGION,
  logger,
  applicationName: "leasehold-application",
});
const server = createServer(kit, logger);

const { APPLICATION_METRICS_HOST: metricsHost, APPLICATION_METRICS_PORT: metricsPort } = env;
const metrics = metricsPort === undefined ? undefined : await serveMetrics({ host: metricsHost, port: metricsPort });

let stopping = false;
async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  logger.info({ signal }, "stopping");
  const cut = setTimeout(() => server.server.closeAllConnections(), drainMs);
  await server.close();
  clearTimeout(cut);
  await kit.close();
  await metrics?.stop();
  await endTracing().catch(() => {});
  logger.info("stopped");
  // Ended by itself, Node 24 may wait without end, and busy, for requests of connections that were lost (Environment::CleanupHandles).
  process.exit();
}
process.once("SIGTERM", stop);
process.once("SIGINT", stop);

const address = await server.listen({ host: env.APPLICATION_HOST, port: env.APPLICATION_PORT });
logger.info({ address }, "listening");
