import { fileURLToPath } from "node:url";
import { newId } from "@leasehold/domain/ids";
import { type Decision, type OperationInput, resolveOperationUpdate } from "@leasehold/workflows/operations/contract";
import { Client, WorkflowUpdateFailedError } from "@temporalio/client";
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from "@temporalio/worker";
import { expect, test } from "vitest";
import { createDecidingActivities } from "../support/operations/deciding-activities.ts";
import { quietRuntime } from "../support/payloads/carrier.ts";
import { createWorld } from "../support/world.ts";

const workflowsPath = fileURLToPath(new URL("../support/operations/deciding-workflow.ts", import.meta.url));

test("behind the point of no return an operation runs on when it is rolled back, refuses it from then on, and can be retried", async () => {
  quietRuntime();
  await using world = await createWorld();
  const { address, namespace } = world.stack.temporal;
  const connection = await NativeConnection.connect({ address });
  const told = { fails: true, parks: 0 };
  const taskQueue = `decide-${world.id}`;
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("WARN") });
  const activities = createDecidingActivities(told);
  const worker = await Worker.create({ connection, namespace, taskQueue, workflowBundle, activities });
  try {
    await worker.runUntil(async () => {
      const client = new Client({ connection, namespace });
      const [operationId, tenantId] = [newId("operation"), newId("tenant")];
      const args: [OperationInput] = [{ operationId, tenantId }];
      const run = await client.workflow.start("decide", { workflowId: `decide:${operationId}`, taskQueue, args });
      const decide = (decision: Decision) => run.executeUpdate(resolveOperationUpdate, { args: [{ step: "second", decision }] });
      const parks = (count: number) => expect.poll(() => told.parks, { timeout: 10_000 }).toBe(count);

      await parks(1);
      await decide("roll-back");
      await parks(2);
      const refusal = await decide("roll-back").catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(WorkflowUpdateFailedError);
      expect((refusal as WorkflowUpdateFailedError).cause?.message).toContain("past the point of no return");
      told.fails = false;
      await decide("retry");
      expect(await run.result()).toBe("SUCCEEDED");
    });
  } finally {
    await connection.close();
  }
});
