import { setTimeout as wait } from "node:timers/promises";
import { createCertificateActivities } from "@leasehold/activities/offboarding/create-certificate-activities";
import { createExportActivities } from "@leasehold/activities/offboarding/create-export-activities";
import { createOffboardingActivities } from "@leasehold/activities/offboarding/create-offboarding-activities";
import type { ShreddingActivities } from "@leasehold/activities/offboarding/create-shredding-activities";
import { shreddingStep } from "@leasehold/activities/offboarding/shredding-step";
import { recordOperation } from "@leasehold/activities/onboarding/record-operation";
import { expectedItemsOf } from "@leasehold/domain/offboarding/expected-items";
import type { OffboardingStep } from "@leasehold/domain/offboarding/steps";
import { clientConverter, workerConverter } from "@leasehold/worker/temporal/data-converter";
import { offboardTenantType } from "@leasehold/workflows/offboarding/contract";
import { statusAttribute, tenantIdAttribute } from "@leasehold/workflows/operations/contract";
import type { WorkflowHandle } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import type { JWK } from "jose";
import { startSkippedTime } from "../time-skipping.ts";
import { bundleClosing } from "./edit-bundle.ts";
import type { ClosingTenant, ShreddingWorld } from "./shredding-world.ts";

/** Whole closings on time that is skipped: workflow, databases, KMS and stores are real. What lists runs, which that server cannot, is written down as done. */
export interface SkippedRuns extends AsyncDisposable {
  /** Starts a closing's run, whose hold is over at once. */
  start(closing: ClosingTenant): Promise<WorkflowHandle>;
  /** Waits until a step has succeeded. */
  awaitStep(closing: ClosingTenant, step: OffboardingStep): Promise<void>;
  /** Waits until the run sleeps behind its `looks`-th look at the key. */
  awaitLook(handle: WorkflowHandle, looks: number): Promise<void>;
  skip(ms: number): Promise<void>;
}

const taskQueue = "skipped-runs";
const patienceMs = 60_000;
/** Of Temporal's events. */
const timerStarted = 17;

export async function createSkippedRuns(shredding: ShreddingWorld, activities: ShreddingActivities): Promise<SkippedRuns> {
  await using undo = new AsyncDisposableStack();
  const { world, clients, owner } = shredding;
  const environment = undo.adopt(await startSkippedTime(clientConverter(world.payloadKeys)), (open) => open.teardown());
  const connection = undo.adopt(await NativeConnection.connect({ address: environment.address }), (open) => open.close());
  const recorded = (step: OffboardingStep) => shreddingStep(clients, step, async () => ({}));
  const versions = { product: "Leasehold", commit: null, schemas: {} };
  const noExport = { peopleKey: {} as JWK, peopleWaitMs: 0, startExportRun: async () => undefined };
  const { exportForOffboarding, undoExportForOffboarding } = createExportActivities({ ...clients, ...noExport });
  const { parkOperation, resumeOperation } = recordOperation(clients);
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: await bundleClosing(),
    activities: {
      ...createOffboardingActivities(clients),
      ...activities,
      ...createCertificateActivities({ ...clients, expectedItems: expectedItemsOf, versions }),
      exportForOffboarding,
      undoExportForOffboarding,
      parkOperation,
      resumeOperation,
      endTenantRuns: recorded("end-runs"),
      deleteTenantRuns: recorded("delete-runs"),
    },
    dataConverter: workerConverter(world.payloadKeys),
  });
  const running = worker.run();
  undo.defer(async () => {
    worker.shutdown();
    await running;
  });

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + patienceMs; Date.now() < end; await wait(50)) if (await holds()) return;
    throw new Error(`it never came to be: ${what}`);
  }

  const runs: SkippedRuns = {
    start: ({ tenantId, operationId }) =>
      environment.client.workflow.start(offboardTenantType, {
        workflowId: `offboarding:${operationId}`,
        taskQueue,
        args: [{ tenantId, operationId }],
        typedSearchAttributes: [
          { key: tenantIdAttribute, value: tenantId },
          { key: statusAttribute, value: "RUNNING" },
        ],
      }),
    awaitStep: ({ operationId }, step) =>
      until(`${step} is done`, async () => {
        const asked = "select p.attention_reason as reason, p.state, s.state as step from control.operations p";
        const [row] = await owner<{ reason: string | null; state: string; step: string | null }>(
          "control",
          `${asked} left join control.operation_steps s on s.operation_id = p.operation_id and s.step = $2 where p.operation_id = $1`,
          [operationId, step],
        );
        if (row?.state === "NEEDS_ATTENTION") throw new Error(`it is parked: ${row.reason}`);
        return row?.step === "SUCCEEDED";
      }),
    awaitLook: (handle, looks) =>
      until(`${looks} looks at the key`, async () => {
        const { events = [] } = await handle.fetchHistory();
        const made = events?.filter(({ activityTaskScheduledEventAttributes: asked }) => asked?.activityType?.name === "lookAtFinality");
        return made?.length === looks && events?.at(-1)?.eventType === timerStarted;
      }),
    skip: (ms) => environment.sleep(ms),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const owned = undo.move();
  runs[Symbol.asyncDispose] = () => owned.disposeAsync();
  return runs;
}
