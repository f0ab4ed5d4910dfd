import { setTimeout as sleep } from "node:timers/promises";
import { findExportOf, type TenantExport } from "@leasehold/db/control/offboarding/exports/read-export";
import { requestOffboardingExport as requestInDatabase } from "@leasehold/db/control/offboarding/exports/request-offboarding-export";
import { DomainError } from "@leasehold/domain/errors";
import type { ExportId } from "@leasehold/domain/offboarding/exports";
import { nothing } from "../../onboarding/step-place.ts";
import { beating, type OperationRef, stepActivity, undoActivity } from "../../operations/run-step.ts";
import { toApplicationFailure } from "../../operations/to-application-failure.ts";
import { offboardingPlaceOf } from "../step-place.ts";
import type { ExportDependencies } from "./dependencies.ts";
import { deleteExportObjects } from "./export-place.ts";

const lookEveryMs = 1_000;

type Asked = OperationRef & { requestId: string; signal: AbortSignal };

/** Idempotent by the operation: the export that it has, or a new one when that failed. */
async function request(needs: ExportDependencies, { tenantId, operationId, requestId, signal }: Asked): Promise<ExportId> {
  const { exportId, superseded } = await requestInDatabase(needs.control, { tenantId, operationId, requestId });
  for (const other of superseded) await deleteExportObjects(needs, { tenantId, exportId: other }, signal);
  await needs.startExportRun({ tenantId, exportId });
  return exportId;
}

/** Waits by reading the database: the run is the tenant's own, and no part of the operation's history. */
async function awaitReady({ control }: ExportDependencies, { tenantId, operationId, signal }: Asked): Promise<TenantExport> {
  for (;;) {
    const found = await findExportOf(control, tenantId, operationId);
    if (found?.state === "READY") return found;
    if (found?.state !== "REQUESTED" && found?.state !== "RUNNING") {
      throw new DomainError("PRECONDITION_FAILED", "The export was not built. Retry this step to build another one.", {
        reason: `export-${found?.failureCode ?? "gone"}`,
      });
    }
    await sleep(lookEveryMs, undefined, { signal });
  }
}

export interface OffboardingExport {
  exportId: ExportId;
  files: number;
  bytes: number;
  manifestSha256: string;
}

/** Idempotent by the operation. @returns the export that is being built, or is ready */
export function requestOffboardingExport(needs: ExportDependencies) {
  return (ref: OperationRef): Promise<{ exportId: ExportId }> =>
    beating(async (signal, requestId) => {
      try {
        return { exportId: await request(needs, { ...ref, requestId, signal }) };
      } catch (error) {
        throw toApplicationFailure(error);
      }
    });
}

/** Waits until the operation's export is ready. Fails for good (PRECONDITION_FAILED, `export-…`) when it has ended otherwise. */
export function awaitExport(needs: ExportDependencies) {
  return (ref: OperationRef): Promise<OffboardingExport> =>
    beating(async (signal, requestId) => {
      try {
        const { exportId, files, bytes, manifestSha256 } = await awaitReady(needs, { ...ref, requestId, signal });
        return { exportId, files: files ?? 0, bytes: bytes ?? 0, manifestSha256: manifestSha256 ?? "" };
      } catch (error) {
        throw toApplicationFailure(error);
      }
    });
}

/** Idempotent by the operation: everything of the tenant as it was frozen, for its owners to download while the hold lasts. */
export function exportForOffboarding(needs: ExportDependencies) {
  return stepActivity(
    needs,
    offboardingPlaceOf("export"),
    async (context) => {
      await request(needs, context);
      await awaitReady(needs, context);
      return {};
    },
    nothing,
  );
}

/** The export stays for its days: whoever takes a closing back may want it all the same. */
export function undoExportForOffboarding({ control }: ExportDependencies) {
  return undoActivity(control, "export", async () => ({}));
}
