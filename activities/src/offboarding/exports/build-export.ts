import { finishExport } from "@leasehold/db/control/offboarding/exports/end-export";
import { askForExportPeople, readMissing } from "@leasehold/db/control/offboarding/exports/export-people";
import { beginExport, listSection, recordPage } from "@leasehold/db/control/offboarding/exports/record-parts";
import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import { isDomainError } from "@leasehold/domain/errors";
import type { ExportRef } from "@leasehold/domain/offboarding/exports";
import { Context } from "@temporalio/activity";
import { beating } from "../../operations/run-step.ts";
import { toApplicationFailure } from "../../operations/to-application-failure.ts";
import { buildPage, firstCursor } from "./build-page.ts";
import type { ExportDependencies } from "./dependencies.ts";
import { askForExport, deleteExportObjects, type ExportCaller } from "./export-place.ts";

/**
 * Idempotent by the export: pages that are recorded are passed over, so that an attempt that was cut short anywhere is carried on by
 * the next without a gap or a double. Holds one page's ids and sums at a time. What ends meanwhile is left as it ended.
 */
export function buildExport(needs: ExportDependencies) {
  const { control } = needs;
  return (ref: ExportRef): Promise<void> =>
    beating(async (signal, requestId) => {
      const { tenantId, exportId } = ref;
      try {
        const { plan } = await readTenant(control, tenantId);
        const caller: ExportCaller = { tenantId, exportId, plan, requestId, signal };
        const begun = await beginExport(control, ref, firstCursor);
        // Asked for early: the portal seals while everything else is built.
        await askForExportPeople(control, ref);
        let cursor = begun.cursor;
        while (cursor.source !== "finish") {
          signal.throwIfAborted();
          const page = await buildPage(needs, caller, cursor);
          await recordPage(control, ref, cursor, page);
          cursor = page.next;
        }
        const layout = (await listSection(control, ref, "layout")).map(({ name, bytes }) => ({ name, bytes }));
        const frozen = begun.frozen && (await readTenant(control, tenantId)).state === "CLOSING";
        const about = {
          operationId: begun.operationId,
          requestedAt: begun.createdAt.toISOString(),
          startedAt: begun.startedAt.toISOString(),
          consistency: frozen ? ("snapshot" as const) : ("per-row" as const),
          missing: await readMissing(control, ref),
        };
        const archive = await askForExport(needs, caller, ({ exports }, options) =>
          exports.finish.mutate({ exportId, layout, about }, options),
        );
        const ended = await finishExport(control, ref, archive, requestId);
        for (const other of ended) await deleteExportObjects(needs, { tenantId, exportId: other }, signal);
      } catch (error) {
        if (isDomainError(error) && error.reason === "export-not-open") return;
        Context.current().log.warn("an attempt at an export failed", { error });
        throw toApplicationFailure(error);
      }
    });
}
