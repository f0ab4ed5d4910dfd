import { databaseUrl } from "@leasehold/infra/local/stack-env";
import type { AppProcess } from "../support/app-process.ts";
import { type AwsFault, type AwsProxy, startAwsProxy } from "../support/faults/aws-proxy.ts";
import type { InjectedFault } from "../support/faults/injected-fault.ts";
import { type PostgresProxy, type SqlFault, startPostgresProxy } from "../support/faults/postgres-proxy.ts";
import { startTcpProxy, type TcpProxy } from "../support/faults/tcp-proxy.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { type OperationWatch, watchOperations } from "../support/watch-operations.ts";
import { createWorld, type World } from "../support/world.ts";

/** A world whose worker reaches Temporal, Postgres and AWS through the fault layer, and whose application plane reaches AWS so. */
export interface FaultWorld extends AsyncDisposable {
  world: World;
  aws: AwsProxy;
  postgres: PostgresProxy;
  temporal: TcpProxy;
  watch: OperationWatch;
  application: AppProcess;
  startWorker(overrides?: Record<string, string>): Promise<AppProcess>;
  inject(fault: Fault): InjectedFault;
}

export type Fault = ({ at: "aws" } & AwsFault) | ({ at: "sql" } & SqlFault);

export async function createFaultWorld(options: { ownServers?: boolean; durable?: boolean } = {}): Promise<FaultWorld> {
  await using undo = new AsyncDisposableStack();
  const world = undo.use(await createWorld(options));
  const { stack } = world;
  const aws = undo.use(await startAwsProxy(stack.aws.endpoint ?? ""));
  const postgres = undo.use(await startPostgresProxy({ host: "127.0.0.1", port: stack.ports.postgres }));
  const temporal = undo.use(await startTcpProxy({ host: "127.0.0.1", port: stack.ports.temporal }));
  const application = await world.start("application", { ...issuersWithoutPortal(stack), AWS_ENDPOINT_URL: aws.url });
  const watch = undo.use(await watchOperations(world));
  const faulty = {
    TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}`,
    WORKER_CONTROL_DATABASE_URL: postgres.through(databaseUrl(stack, "control", "worker")),
    WORKER_APPLICATION_DATABASE_URL: postgres.through(databaseUrl(stack, "application", "worker")),
    WORKER_KEYRING_DATABASE_URL: postgres.through(databaseUrl(stack, "keyring", "worker")),
    OWNER_DATABASE_URL: postgres.through(world.ownerUrl("application")),
    AWS_ENDPOINT_URL: aws.url,
  };
  const owned = undo.move();
  return {
    world,
    aws,
    postgres,
    temporal,
    watch,
    application,
    startWorker: (overrides) => world.start("worker", { ...faulty, ...overrides }),
    inject: (fault) => (fault.at === "aws" ? aws.inject(fault) : postgres.inject(fault)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
