import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { keepDataKey } from "@leasehold/db/keyring/keep-data-key";
import type { KeyPurpose } from "@leasehold/db/keyring/schema/data-keys";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { generateWrappedDataKey } from "@leasehold/tenancy/keys/wrapped-key";
import { failureConverterPath } from "@leasehold/worker/temporal/data-converter";
import { Client } from "@temporalio/client";
import type { DataConverter } from "@temporalio/common";
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import type { World } from "../world.ts";
import { carryingActivities } from "./carrying-activities.ts";
import type { Carried } from "./carrying-workflow.ts";

const workflowsPath = fileURLToPath(new URL("./carrying-workflow.ts", import.meta.url));
let bundle: Promise<{ code: string }> | undefined;

/** Once a process. */
export function quietRuntime(): void {
  Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
}

export interface Carrier extends AsyncDisposable {
  client: Client;
  taskQueue: string;
}

/** A worker and a client of the tests' own, with the converters that they are given. Without any, Temporal keeps plain text. */
export async function startCarrier(
  world: World,
  converters: { worker?: DataConverter; client?: DataConverter },
  namespace = world.stack.temporal.namespace,
): Promise<Carrier> {
  await using undo = new AsyncDisposableStack();
  bundle ??= bundleWorkflowCode({ workflowsPath, failureConverterPath, logger: new DefaultLogger("WARN") });
  const { address } = world.stack.temporal;
  const connection = undo.adopt(await NativeConnection.connect({ address }), (open) => open.close());
  const taskQueue = `carry-${randomBytes(4).toString("hex")}`;
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: await bundle,
    activities: carryingActivities,
    dataConverter: converters.worker,
  });
  const running = worker.run();
  undo.defer(async () => {
    worker.shutdown();
    await running;
  });
  const owned = undo.move();
  return {
    client: new Client({ connection, namespace, dataConverter: converters.client }),
    taskQueue,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A tenant's wrapped keys in the keyring, under a KMS key of its own; nothing else of the tenant is there. */
export async function giveKeys(
  world: World,
  tenantId: TenantId = newId("tenant"),
  purposes: readonly KeyPurpose[] = ["data", "payload"],
): Promise<TenantId> {
  const kms = new KMSClient(world.aws("root"));
  try {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags: [{ TagKey: "leasehold:tenant", TagValue: tenantId }] }));
    const keyArn = KeyMetadata?.Arn ?? "";
    for (const purpose of purposes) {
      const wrapped = await generateWrappedDataKey(kms, { tenantId, version: 1, keyArn, purpose });
      await keepDataKey(world.pool("keyring", "worker"), tenantId, { purpose, version: 1, wrapped, kmsKeyArn: keyArn });
    }
    return tenantId;
  } finally {
    kms.destroy();
  }
}

/** A known text for each place that a run keeps something in. */
export function plant(ending: Carried["ending"]): Carried {
  const canary = (place: string) => `canary-${place}-${randomBytes(9).toString("hex")}`;
  return {
    ...{ args: canary("args"), activity: canary("activity"), local: canary("local"), heartbeat: canary("heartbeat") },
    ...{ failing: canary("failing"), memo: canary("memo"), timer: canary("timer"), summary: canary("summary"), details: canary("details") },
    ...{ ending, result: canary("result"), failure: canary("failure") },
  };
}

export function canariesOf({ ending: _, ...carried }: Carried): string[] {
  return Object.values(carried);
}
