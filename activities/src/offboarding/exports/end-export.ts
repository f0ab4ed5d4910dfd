import { expireExport as expireInDatabase, failExport as failInDatabase } from "@leasehold/db/control/offboarding/exports/end-export";
import type { ExportRef } from "@leasehold/domain/offboarding/exports";
import { beating } from "../../operations/run-step.ts";
import { toApplicationFailure } from "../../operations/to-application-failure.ts";
import type { ExportDependencies } from "./dependencies.ts";
import { deleteExportObjects } from "./export-place.ts";

/** Idempotent by the export: it ends without a file, and what it has stored goes. */
export function failExport(needs: ExportDependencies) {
  return ({ failureCode, ...ref }: ExportRef & { failureCode: string }): Promise<void> =>
    beating(async (signal, requestId) => {
      try {
        await failInDatabase(needs.control, ref, failureCode, requestId);
        await deleteExportObjects(needs, ref, signal);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    });
}

/** How long an export is kept from `now` on, in milliseconds; null when nobody can say yet. */
export type Kept = { outcome: "ended" } | { outcome: "kept"; forMs: number | null };

/** Idempotent by the export. One whose time is over at `now`, milliseconds since 1970, goes with its objects. */
export function expireExport(needs: ExportDependencies) {
  return ({ now, ...ref }: ExportRef & { now: number }): Promise<Kept> =>
    beating(async (signal, requestId) => {
      try {
        const kept = await expireInDatabase(needs.control, ref, new Date(now), requestId);
        if (kept.outcome === "kept") return { outcome: "kept", forMs: kept.until === null ? null : kept.until.getTime() - now } as const;
        await deleteExportObjects(needs, ref, signal);
        return { outcome: "ended" } as const;
      } catch (error) {
        throw toApplicationFailure(error);
      }
    });
}
