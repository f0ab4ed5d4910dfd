import { createOffboardingActivities } from "@leasehold/activities/offboarding/create-offboarding-activities";
import type { OffboardingDependencies } from "@leasehold/activities/offboarding/dependencies";
import { lookAtTurns } from "@leasehold/activities/offboarding/look-at-turns";
import { shreddingStep } from "@leasehold/activities/offboarding/shredding-step";
import { offboardingPlaceOf } from "@leasehold/activities/offboarding/step-place";
import { recordOperation } from "@leasehold/activities/onboarding/record-operation";
import { nothing } from "@leasehold/activities/onboarding/step-place";
import { type OperationRef, recordActivity, stepActivity, undoActivity } from "@leasehold/activities/operations/run-step";
import { createPool } from "@leasehold/db/client";
import type { OffboardingStep } from "@leasehold/domain/offboarding/steps";
import { createPayloadKeys } from "@leasehold/tenancy/payloads/payload-keys";
import { workerConverter } from "@leasehold/worker/temporal/data-converter";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";

/** What the process is told as its only argument, as JSON. */
export interface SkippedWorkerSettings {
  address: string;
  taskQueue: string;
  codePath: string;
  controlUrl: string;
  applicationUrl: string;
  keyringUrl: string;
  payloadKey: string;
}

// A worker in a process of its own, so that it can be killed. What runs behind the point of no return asks the database's leave, is
// written down as done, and does nothing else; the rest is real.
const settings = JSON.parse(process.argv[2] ?? "{}") as SkippedWorkerSettings;
Runtime.install({ logger: new DefaultLogger("ERROR") });
const control = createPool(settings.controlUrl, { max: 4 });
const application = createPool(settings.applicationUrl, { max: 2 });
const keyring = createPool(settings.keyringUrl, { max: 1 });
const needs = { control, application, applicationDatabaseUrl: settings.applicationUrl, retryForMs: 20_000 } as OffboardingDependencies;
const recorded = (step: OffboardingStep) => shreddingStep(needs, step, async () => ({}));
const { parkOperation, resumeOperation } = recordOperation(needs);
const activities = {
  ...createOffboardingActivities(needs),
  parkOperation,
  resumeOperation,
  exportForOffboarding: stepActivity(needs, offboardingPlaceOf("export"), async () => ({}), nothing),
  undoExportForOffboarding: undoActivity(control, "export", async () => ({})),
  endTenantRuns: recorded("end-runs"),
  destroyKeys: recorded("destroy-keys"),
  confirmLeases: recorded("wait-leases"),
  deleteObjects: recorded("delete-objects"),
  deleteRows: recorded("delete-rows"),
  deleteStack: recorded("delete-stack"),
  deleteTenantRuns: recorded("delete-runs"),
  deleteIdentities: recorded("delete-identities"),
  verifyShredded: recorded("verify"),
  certifyClosure: recorded("certify"),
  certifyFinality: recorded("finality"),
  closeTenant: recorded("close"),
  lookAtTurns: recordActivity(lookAtTurns({ control, keyring })),
  lookAtFinality: recordActivity(async (_ref: OperationRef & { now: number }) => ({ final: true })),
};
const keys = createPayloadKeys({ unwrap: async () => ({ version: 1, key: Buffer.from(settings.payloadKey, "hex") }) });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: settings.address }),
  taskQueue: settings.taskQueue,
  workflowBundle: { codePath: settings.codePath },
  activities,
  dataConverter: workerConverter(keys),
  // Every task replays its run from the beginning.
  maxCachedWorkflows: 0,
  // A task that the test server hands to a poll of a worker that was killed comes again only after its time-out.
  maxConcurrentWorkflowTaskPolls: 1,
  maxConcurrentActivityTaskPolls: 1,
});
const running = worker.run();
process.stdout.write("polling\n");
await running;
