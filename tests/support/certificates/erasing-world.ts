import { readVersions } from "@leasehold/activities/offboarding/certificates/read-versions";
import { createErasureActivities, type ErasureActivities } from "@leasehold/activities/offboarding/create-erasure-activities";
import { createExportActivities } from "@leasehold/activities/offboarding/create-export-activities";
import { readTenantLog } from "@leasehold/db/audit/read-tenant-log";
import { sealAudit } from "@leasehold/db/audit/seal-audit";
import { verifyChain } from "@leasehold/db/audit/verify-chain";
import { withConnection } from "@leasehold/db/client";
import { listCertificateKeys } from "@leasehold/db/control/offboarding/certificates/certificate-keys";
import { listCertificatesOf } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import { requestErasure } from "@leasehold/db/control/offboarding/erasure/request-erasure";
import { keepExportPeople } from "@leasehold/db/control/offboarding/exports/export-people";
import { findExport } from "@leasehold/db/control/offboarding/exports/read-export";
import { withControl } from "@leasehold/db/control/with-control";
import type { TenantContext } from "@leasehold/domain/context";
import { newId, type OperationId } from "@leasehold/domain/ids";
import { type CertificateKey, certificateAlgorithm } from "@leasehold/domain/offboarding/certificate";
import { type ErasureChoice, type ErasureStep, erasureSteps } from "@leasehold/domain/offboarding/erasure";
import { expectedItemsOf } from "@leasehold/domain/offboarding/expected-items";
import type { ExportId, ExportRef } from "@leasehold/domain/offboarding/exports";
import { publicHalf } from "@leasehold/infra/local/provision/secrets";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { answerAccounts } from "@leasehold/portal/server/erasure/answer-accounts";
import { signedFile } from "@leasehold/tenancy/certificates/signed-file";
import { verifyCertificate } from "@leasehold/tenancy/certificates/verify-certificate";
import { createLogger } from "@leasehold/tenancy/logger";
import { sealPeople } from "@leasehold/tenancy/mail/seal-people";
import { createClients } from "@leasehold/worker/clients";
import { readEnv } from "@leasehold/worker/env";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { documentsOf } from "../documents-client.ts";
import { awaitOutcome } from "../onboarding-outcome.ts";
import { requestOnboarding } from "../request-onboarding.ts";
import { issuersWithoutPortal } from "../use-workspace.ts";
import { createWorld } from "../world.ts";
import type { WorkspacePerson } from "./workspace-person.ts";

/** A step without its row here does not compile. */
export const erasureActivityNames: Record<ErasureStep, keyof ErasureActivities> = {
  "end-access": "endPersonAccess",
  "erase-documents": "erasePersonDocuments",
  "erase-traces": "erasePersonTraces",
  "erase-account": "erasePersonAccount",
  "look-again": "lookForPerson",
  "certify-erasure": "certifyErasure",
};

export type ErasingWorld = Awaited<ReturnType<typeof createErasingWorld>>;

/** A whole tenant of the pool, the application plane and the portal's answers; the worker's steps are carried out by hand. */
export async function createErasingWorld() {
  await using undo = new AsyncDisposableStack();
  const world = undo.use(await createWorld());
  await world.start("application", issuersWithoutPortal(world.stack));
  const worker = await world.start("worker");
  const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
  const { state } = await awaitOutcome(world, tenant);
  if (state !== "SUCCEEDED") throw new Error(`the onboarding ended ${state}`);
  await worker.stop();
  const env = readEnv(stackEnv(world.stack, "worker"));
  const clients = undo.adopt(createClients(env), (open) => open.close());
  const begunExports: ExportId[] = [];
  const startExportRun = async ({ exportId }: ExportRef) => void begunExports.push(exportId);
  const erasing = { ...clients, expectedItems: expectedItemsOf, versions: await readVersions(undefined), startExportRun };
  const activities = createErasureActivities({ ...erasing, tokenLifeMs: 0 });
  /** Of a deployment where tokens live for two seconds. */
  const slowActivities = createErasureActivities({ ...erasing, tokenLifeMs: 2_000 });
  const exporting = createExportActivities({ ...clients, peopleKey: env.MAIL_PRIVATE_JWK, peopleWaitMs: 0, startExportRun });
  const portal = {
    control: world.pool("control", "portal"),
    identity: world.pool("control", "identity"),
    logger: createLogger({ name: "test", level: "error" }),
  };
  const answering = setInterval(() => {
    void answerAccounts(portal).catch(() => {});
    void sealAudit(clients.control, "control").catch(() => {});
    void sealAudit(clients.application, "application").catch(() => {});
  }, 300);
  undo.defer(() => new Promise((resolve) => setTimeout(resolve, 500)));
  undo.defer(() => clearInterval(answering));

  const asOwner = (): TenantContext => ({
    tenantId: tenant.tenantId,
    actor: { type: "user", userId: tenant.userId },
    requestId: newId("request"),
  });
  const asDatabaseOwner = (text: string, values: unknown[]) =>
    withConnection(world.ownerUrl("control"), (owner) => owner.query(text, values));
  const environment = (attempt = 1) =>
    new MockActivityEnvironment({ attempt, startToCloseTimeoutMs: 120_000 }, { logger: new DefaultLogger("ERROR") });

  const made = {
    ...{ world, clients, tenant, portal, begunExports, slowActivities, asOwner, asDatabaseOwner },
    owners: documentsOf(world, { ...tenant, plan: "pro" }),

    async ask({ userId, email }: Pick<WorkspacePerson, "userId" | "email">, documents: ErasureChoice): Promise<OperationId> {
      const request = { userId, email, documents, idempotencyKey: newId("command") };
      return (await requestErasure(portal.control, asOwner(), request)).operationId;
    },

    run(name: keyof ErasureActivities, operationId: OperationId, attempt = 1, of = activities): Promise<unknown> {
      const activity = of[name] as (ref: object) => Promise<unknown>;
      return environment(attempt).run(activity, { tenantId: tenant.tenantId, operationId });
    },

    async eraseWhole(operationId: OperationId): Promise<void> {
      for (const { step } of erasureSteps) await made.run(erasureActivityNames[step], operationId);
    },

    /** As after a crash between the effect and its acknowledgement. */
    async forget(step: string, operationId: OperationId): Promise<void> {
      await asDatabaseOwner("update control.operation_steps set state = 'RUNNING' where operation_id = $1 and step = $2", [
        operationId,
        step,
      ]);
    },

    /** Places a legal hold. @returns what releases it */
    async hold(): Promise<() => Promise<unknown>> {
      const holdId = newId("legalHold");
      await asDatabaseOwner(
        "insert into control.legal_holds (tenant_id, hold_id, case_number, reason, placed_by) values ($1, $2, $2, 'r', 'operator:x')",
        [tenant.tenantId, holdId],
      );
      return () =>
        asDatabaseOwner("update control.legal_holds set released_by = 'operator:x', released_at = now() where hold_id = $1", [holdId]);
    },

    /** What the portal seals of a person for the next export. */
    async sealName({ userId, name, email }: WorkspacePerson): Promise<void> {
      const sealed = await sealPeople(publicHalf(world.stack.secrets.mailKey), [{ userId, name, email }]);
      await withControl(portal.control, { tenantId: tenant.tenantId }, (tx) => keepExportPeople(tx, tenant.tenantId, sealed));
    },

    async buildExport(exportId: ExportId) {
      await environment().run(exporting.buildExport, { tenantId: tenant.tenantId, exportId });
      const found = await findExport(portal.control, tenant.tenantId, exportId);
      if (found?.state !== "READY") throw new Error(`the export is ${found?.state}`);
      return found;
    },

    async certificateOf(operationId: OperationId) {
      const [row] = await listCertificatesOf(portal.control, { tenantId: tenant.tenantId, operationId });
      if (row === undefined) throw new Error("no certificate was issued");
      const { keys } = await listCertificateKeys(portal.control);
      const published = keys.map(
        ({ keyId, publicKey, since }): CertificateKey => ({
          keyId,
          algorithm: certificateAlgorithm,
          publicKey: publicKey.toString("base64url"),
          since: since.toISOString(),
          retiredAt: null,
        }),
      );
      const verdict = await verifyCertificate(signedFile(row), published);
      if (!verdict.valid) throw new Error(verdict.message);
      return verdict.certificate.document;
    },

    async chainProblems(): Promise<{ erased: number; problems: unknown[] }> {
      const urls = { control: world.urlOf("control", "auditor"), application: world.urlOf("application", "auditor") };
      const { entries, heads } = await readTenantLog(urls, tenant.tenantId);
      return verifyChain(
        entries.filter(({ seq }) => seq !== null),
        heads,
      );
    },

    [Symbol.asyncDispose]: async () => {},
  };
  const owned = undo.move();
  made[Symbol.asyncDispose] = () => owned.disposeAsync();
  return made;
}
