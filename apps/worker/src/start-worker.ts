import { createKeyActivities } from "@leasehold/activities/keys/create-key-activities";
import { readVersions } from "@leasehold/activities/offboarding/certificates/read-versions";
import { createCertificateActivities } from "@leasehold/activities/offboarding/create-certificate-activities";
import { createErasureActivities } from "@leasehold/activities/offboarding/create-erasure-activities";
import { createExportActivities } from "@leasehold/activities/offboarding/create-export-activities";
import { createOffboardingActivities } from "@leasehold/activities/offboarding/create-offboarding-activities";
import { createRunActivities } from "@leasehold/activities/offboarding/create-run-activities";
import { createShreddingActivities } from "@leasehold/activities/offboarding/create-shredding-activities";
import { createOnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import { ensureCanary } from "@leasehold/activities/onboarding/ensure-canary";
import { startTenantRun } from "@leasehold/activities/runs/start-tenant-run";
import { createSuspensionActivities } from "@leasehold/activities/suspension/create-suspension-activities";
import { lookAgain } from "@leasehold/db/keyring/epochs/look-again";
import type { EpochRef } from "@leasehold/db/keyring/epochs/move-keys";
import { expectedItemsOf } from "@leasehold/domain/offboarding/expected-items";
import type { ExportRef } from "@leasehold/domain/offboarding/exports";
import type { Logger } from "@leasehold/tenancy/logger";
import { ensureControlPlaneKey } from "@leasehold/tenancy/payloads/control-plane-key";
import { createPayloadKeySource } from "@leasehold/tenancy/payloads/payload-key-source";
import { createPayloadKeys } from "@leasehold/tenancy/payloads/payload-keys";
import { logCrossTenants } from "@leasehold/tenancy/telemetry/log-cross-tenants";
import { exportTenantType } from "@leasehold/workflows/offboarding/contract";
import { Client } from "@temporalio/client";
import { addFigures } from "./add-figures.ts";
import { createAuditDatabases } from "./audit/audit-databases.ts";
import { startAnchoring } from "./audit/start-anchoring.ts";
import { startSealer } from "./audit/start-sealer.ts";
import { untilItWorks } from "./backoff.ts";
import { createClients } from "./clients.ts";
import { startDispatcher } from "./commands/start-dispatcher.ts";
import type { WorkerEnv } from "./env.ts";
import { startEpochTurns } from "./keys/start-epoch-turns.ts";
import { startKeyWatch } from "./keys/start-key-watch.ts";
import { startMailer } from "./mail/start-mailer.ts";
import { startReconciler } from "./operations/start-reconciler.ts";
import { startTakingUp } from "./operations/start-taking-up.ts";
import { createDecodeHandler } from "./payloads/answer-decode.ts";
import { serveHealth } from "./serve-health.ts";
import { clientConverter, workerConverter } from "./temporal/data-converter.ts";
import { loadWorkflowBundle } from "./temporal/load-bundle.ts";
import { connectTemporal, runTemporalWorker } from "./temporal/run-temporal-worker.ts";
import { requestOfRun } from "./temporal/telemetry.ts";

/** A token of the application plane lives for 60 seconds, and its clock may differ. */
const longestTokenMs = 61_000;

export interface StartedWorker {
  healthPort: number;
  /** Lets what is at work end, then closes everything. */
  stop(): Promise<void>;
}

/** Everything that the worker's process does. Resolves when it polls; `signal` ends the waiting for servers that are away. */
export async function startWorker(env: WorkerEnv, logger: Logger, signal: AbortSignal): Promise<StartedWorker> {
  const clients = createClients(env);
  const parts: { name: string; up: () => boolean; stop: () => Promise<void> }[] = [];
  let canary = false;
  let decode: ReturnType<typeof createDecodeHandler> | undefined;
  const health = await serveHealth(
    { host: env.WORKER_HEALTH_HOST, port: env.WORKER_HEALTH_PORT },
    () => ({
      canary,
      ...Object.fromEntries(
        ["polling", "dispatcher", "mailer"].map((name) => [name, parts.find((part) => part.name === name)?.up() ?? false]),
      ),
    }),
    () => decode,
  );

  async function stop(): Promise<void> {
    for (const part of parts.toReversed()) await part.stop().catch((err: unknown) => logger.warn({ err, part: part.name }, "did not stop"));
    await clients.close();
    await health.stop();
  }

  try {
    const stopLogging = logCrossTenants(logger);
    const databases = createAuditDatabases(clients);
    parts.push({ name: "audit databases", up: () => true, stop: () => databases.close() });
    const sealer = startSealer({ databases, logger });
    parts.push({ name: "sealer", up: () => sealer.sealing, stop: () => sealer.stop() });
    addFigures({ control: clients.control, sealer });
    parts.push({ name: "log of uses across tenants", up: () => true, stop: async () => stopLogging() });
    const anchors = startAnchoring({
      databases,
      control: clients.control,
      s3: clients.s3,
      bucket: env.AUDIT_BUCKET ?? env.POOL_BUCKET,
      lockDays: env.AUDIT_LOCK_DAYS,
      everyMs: env.AUDIT_ANCHOR_SECONDS * 1_000,
      readsKeptDays: env.PAYLOAD_READS_RETENTION_DAYS,
      logger,
    });
    parts.push({ name: "anchoring", up: () => true, stop: () => anchors.stop() });
    const [workflowBundle, connection] = await Promise.all([loadWorkflowBundle(), connectTemporal(env, signal, logger)]);
    parts.push({ name: "connection", up: () => true, stop: () => connection.close() });
    await untilItWorks(
      () => ensureControlPlaneKey(clients, env.CONTROL_PLANE_KEY),
      signal,
      (err) => logger.warn({ err }, "the control plane has no key for its payloads yet; trying again"),
    );
    const payloadKeys = createPayloadKeys(createPayloadKeySource(clients));
    parts.push({ name: "keys of payloads", up: () => true, stop: async () => payloadKeys.close() });
    decode = createDecodeHandler({ keys: payloadKeys, consoleKey: env.CONSOLE_TOKEN_PUBLIC_JWK, logger });
    const { WORKER_TASK_QUEUE: taskQueue, TEMPORAL_NAMESPACE: namespace, WORKER_CONTROL_DATABASE_URL: controlUrl } = env;
    const client = new Client({
      connection,
      namespace,
      dataConverter: clientConverter(payloadKeys),
      interceptors: { workflow: [requestOfRun] },
    });
    const startExport = (ref: ExportRef) =>
      startTenantRun(
        { control: clients.control, temporal: client, taskQueue },
        { tenantId: ref.tenantId, what: "export", id: ref.exportId, type: exportTenantType, args: [ref] },
      );
    const certifying = { ...clients, expectedItems: expectedItemsOf, versions: await readVersions(env.LEASEHOLD_COMMIT) };
    const activities = {
      ...createOnboardingActivities(clients),
      ...createKeyActivities(clients),
      ...createSuspensionActivities({ ...clients, temporal: client }),
      ...createOffboardingActivities(clients),
      ...createShreddingActivities({ ...clients, temporal: client }),
      ...createRunActivities({ ...clients, temporal: client }),
      ...createCertificateActivities(certifying),
      ...createErasureActivities({ ...certifying, tokenLifeMs: longestTokenMs, startExportRun: startExport }),
      ...createExportActivities({
        ...clients,
        peopleKey: env.MAIL_PRIVATE_JWK,
        peopleWaitMs: env.EXPORT_PEOPLE_SECONDS * 1_000,
        startExportRun: startExport,
      }),
    };
    const dataConverter = workerConverter(payloadKeys, env.PLAIN_PAYLOADS_UNTIL);
    const worker = runTemporalWorker({ connection, namespace, taskQueue, activities, workflowBundle, dataConverter }, logger);
    parts.push({ name: "polling", up: () => worker.polling, stop: () => worker.stop() });
    await untilItWorks(
      () => ensureCanary(clients),
      signal,
      (err) => logger.warn({ err }, "the canary tenant is not whole yet; trying again"),
    );
    canary = true;
    const { control, ses } = clients;
    const again = (epoch: EpochRef) => lookAgain(clients.keyring, epoch);
    const dispatcher = startDispatcher({ control, controlUrl, client, taskQueue, startExport, lookAgain: again, logger });
    parts.push({ name: "dispatcher", up: () => dispatcher.listening, stop: () => dispatcher.stop() });
    const mailer = startMailer({ control, controlUrl, ses, privateJwk: env.MAIL_PRIVATE_JWK, from: env.MAIL_FROM, logger });
    parts.push({ name: "mailer", up: () => mailer.listening, stop: () => mailer.stop() });
    const reconciler = startReconciler({ control, client, logger });
    parts.push({ name: "reconciler", up: () => true, stop: () => reconciler.stop() });
    const takingUp = startTakingUp({ control, target: { client, taskQueue, eagerStart: true }, logger });
    parts.push({ name: "taking up", up: () => true, stop: () => takingUp.stop() });
    const epochTurns = startEpochTurns({ keyring: clients.keyring, client, taskQueue, logger });
    parts.push({ name: "turns of epochs", up: () => true, stop: () => epochTurns.stop() });
    const keyWatch = startKeyWatch(clients, { logger });
    parts.push({ name: "key watch", up: () => true, stop: () => keyWatch.stop() });
    return { healthPort: health.port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
