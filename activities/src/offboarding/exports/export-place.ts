import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import { DomainError } from "@leasehold/domain/errors";
import { type ExportRef, operationOfExport } from "@leasehold/domain/offboarding/exports";
import { emptyPrefix } from "../../onboarding/empty-prefix.ts";
import { abortable } from "../../operations/abortable.ts";
import { callApplication } from "../../operations/application-client.ts";
import { patiently } from "../../operations/patiently.ts";
import type { ExportDependencies } from "./dependencies.ts";

/** Milliseconds: a page takes the application plane some ten seconds; putting a large export in order takes longer. */
const callMs = 280_000;

type Ask<T> = Parameters<typeof callApplication<T>>[3];

export interface ExportCaller extends ExportRef {
  plan: string;
  requestId: string;
  signal: AbortSignal;
}

/** Asks the application plane for a piece of an export, again while it is away. */
export function askForExport<T>(needs: ExportDependencies, caller: ExportCaller, ask: Ask<T>): Promise<T> {
  const named = { ...caller, operationId: operationOfExport(caller.exportId) };
  return patiently(caller.signal, () => callApplication(needs, named, { scope: "export", callMs }, ask));
}

/** Deletes everything that an export has stored; also what an attempt left that nobody recorded. */
export async function deleteExportObjects(
  { control, s3 }: Pick<ExportDependencies, "control" | "s3">,
  { tenantId, exportId }: ExportRef,
  signal: AbortSignal,
): Promise<void> {
  const { placement } = await readTenant(control, tenantId);
  if (placement === null) throw new DomainError("PRECONDITION_FAILED", "The tenant has no place.", { reason: "no-placement" });
  await emptyPrefix(abortable(s3, signal), placement.bucket, `${placement.objectPrefix}exports/${exportId}/`);
}
