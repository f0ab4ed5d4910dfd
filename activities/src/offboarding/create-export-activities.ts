import { buildExport } from "./exports/build-export.ts";
import type { ExportDependencies } from "./exports/dependencies.ts";
import { expireExport, failExport } from "./exports/end-export.ts";
import { exportForOffboarding, undoExportForOffboarding } from "./exports/offboarding-export.ts";

/** The activities of exports over their clients. Payloads are ids. */
export function createExportActivities(dependencies: ExportDependencies) {
  return {
    buildExport: buildExport(dependencies),
    failExport: failExport(dependencies),
    expireExport: expireExport(dependencies),
    exportForOffboarding: exportForOffboarding(dependencies),
    undoExportForOffboarding: undoExportForOffboarding(dependencies),
  };
}

export type ExportActivities = ReturnType<typeof createExportActivities>;
