import { randomUUID } from "node:crypto";
import { searchAttributes } from "@leasehold/infra/local/servers/temporal";
import { createLogger } from "@leasehold/tenancy/logger";
import { connectTemporal } from "@leasehold/worker/temporal/run-temporal-worker";
import { msToTs } from "@temporalio/common/lib/time";
import { NativeConnection } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type World } from "../support/world.ts";

const keyword = 2;
const logger = createLogger({ name: "test", level: "silent" });

let world: World;
let connection: NativeConnection;
beforeAll(async () => {
  world = await createWorld();
  connection = await NativeConnection.connect({ address: world.stack.temporal.address });
});
afterAll(async () => {
  await connection.close();
  await world[Symbol.asyncDispose]();
});

/** As the worker does when it starts. */
async function look(namespace: string): Promise<void> {
  const settings = { TEMPORAL_ADDRESS: world.stack.temporal.address, TEMPORAL_NAMESPACE: namespace, WORKER_TASK_QUEUE: "control" };
  await (await connectTemporal(settings, AbortSignal.timeout(30_000), logger)).close();
}
const add = (namespace: string, names: readonly string[]) =>
  connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(names.map((name) => [name, keyword])),
  });

test("the embedded server has the search attributes that runs are started with", async () => {
  await look(world.stack.temporal.namespace);
});

test("a namespace without them is refused by the worker, with those that are missing and the command that makes them", async () => {
  const namespace = `lacking-${randomUUID()}`;
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs("1 day") });
  await expect(look(namespace)).rejects.toThrow(/lacks the search attributes TenantId, Plan, Operation, Status/);

  const [last = "", ...first] = searchAttributes;
  await add(namespace, first);
  const words = new RegExp(`attributes ${last}, .*search-attribute create .*--namespace ${namespace} --name ${last} --type Keyword\n`, "s");
  await expect.poll(() => look(namespace).then(String, String), { timeout: 15_000 }).toMatch(words);

  await add(namespace, [last]);
  await expect.poll(() => look(namespace).then(() => "whole", String), { timeout: 15_000 }).toBe("whole");
});
