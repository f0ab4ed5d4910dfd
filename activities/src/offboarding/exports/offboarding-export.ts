import { setTimeout as sleep } from "node:timers/promises";
import { findExportOf } from "@leasehold/db/control/offboarding/exports/read-export";
import { requestOffboardingExport } from "@leasehold/db/control/offboarding/exports/request-offboarding-export";
import { readClosing } from "@leasehold/db/control/offboarding/read-closing";
import { DomainError } from "@leasehold/domain/errors";
import { personErased } from "@leasehold/domain/offboarding/exports";
import { nothing } from "../../onboarding/step-place.ts";
import { type OperationRef, stepActivity, undoActivity } from "../../operations/run-step.ts";
import { offboardingPlaceOf } from "../step-place.ts";
import type { ExportDependencies } from "./dependencies.ts";
import { deleteExportObjects } from "./export-place.ts";

const lookEveryMs = 1_000;

type Asked = OperationRef & { requestId: string; signal: AbortSignal };

/** Idempotent by the operation: the export that it has, or a new one when that failed. */
async function request(needs: ExportDependencies, { tenantId, operationId, requestId, signal }: Asked): Promise<void> {
  const { exportId, superseded } = await requestOffboardingExport(needs.control, { tenantId, operationId, requestId });
  for (const other of superseded) await deleteExportObjects(needs, { tenantId, exportId: other }, signal);
  await needs.startExportRun({ tenantId, exportId });
}

/**
 * Waits by reading the database: the run is the tenant's own, and no part of the operation's history. Not for one whose closing was
 * cancelled meanwhile; and for another one where it ended because of what is in it.
 */
async function awaitReady(needs: ExportDependencies, asked: Asked): Promise<void> {
  const { control } = needs;
  const { tenantId, operationId, signal } = asked;
  for (;;) {
    if ((await readClosing(control, asked)).cancelled) return;
    const found = await findExportOf(control, tenantId, operationId);
    if (found?.state === "READY") return;
    if (found?.state === "EXPIRED" || found?.failureCode === personErased) await request(needs, asked);
    else if (found?.state !== "REQUESTED" && found?.state !== "RUNNING") {
      throw new DomainError("PRECONDITION_FAILED", "The export was not built. Retry this step to build another one.", {
        reason: `export-${found?.failureCode ?? "gone"}`,
      });
    }
    await sleep(lookEveryMs, undefined, { signal });
  }
}

/** Idempotent by the operation: everything of the tenant as it was frozen, for its owners to download while the hold lasts. Nothing where none was asked for. */
export function exportForOffboarding(needs: ExportDependencies) {
  return stepActivity(
    needs,
    offboardingPlaceOf("export"),
    async (context) => {
      const { withExport, cancelled } = await readClosing(needs.control, context);
      if (!withExport || cancelled) return {};
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
