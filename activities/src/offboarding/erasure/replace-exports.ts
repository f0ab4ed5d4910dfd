import { findClosingWithoutExport, listEndedExports } from "@leasehold/db/control/offboarding/exports/end-exports";
import { requestOffboardingExport } from "@leasehold/db/control/offboarding/exports/request-offboarding-export";
import { newId } from "@leasehold/domain/ids";
import type { OperationRef } from "../../operations/run-step.ts";
import { deleteExportObjects } from "../exports/export-place.ts";
import type { ErasureDependencies } from "./dependencies.ts";

/** Deletes what exports that have ended have stored. The same again finds nothing. */
export async function deleteEndedExports(
  needs: Pick<ErasureDependencies, "control" | "s3">,
  ref: OperationRef,
  signal: AbortSignal,
): Promise<void> {
  for (const exportId of await listEndedExports(needs.control, ref))
    await deleteExportObjects(needs, { tenantId: ref.tenantId, exportId }, signal);
}

/** A workspace that is let go has its export built again, without the person. Idempotent: the export that the closing has, or a new one. */
export async function replaceClosingExport(
  { control, startExportRun }: Pick<ErasureDependencies, "control" | "startExportRun">,
  { tenantId }: Pick<OperationRef, "tenantId">,
): Promise<void> {
  const operationId = await findClosingWithoutExport(control, tenantId);
  if (operationId === undefined) return;
  const { exportId } = await requestOffboardingExport(control, { tenantId, operationId, requestId: newId("request") });
  await startExportRun({ tenantId, exportId });
}
