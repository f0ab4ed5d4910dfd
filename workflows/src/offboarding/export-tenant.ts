import type { ExportActivities } from "@leasehold/activities/offboarding/create-export-activities";
import type { ExportRef } from "@leasehold/domain/offboarding/exports";
import { ActivityFailure, ApplicationFailure, isCancellation, proxyActivities, sleep } from "@temporalio/workflow";
import { forwardOptions, untilDoneOptions } from "../operations/activity-options.ts";

/** An attempt passes over what is built; each may be cut short by a server that is away. About four hours of that, and it is given up. */
const { buildExport } = proxyActivities<ExportActivities>({
  ...forwardOptions,
  startToCloseTimeout: "24 hours",
  retry: { ...forwardOptions.retry, maximumInterval: "1 minute", maximumAttempts: 200 },
  summary: "Building the export",
});
const { failExport, expireExport } = proxyActivities<ExportActivities>({ ...untilDoneOptions, summary: "Ending the export" });

const dayMs = 86_400_000;
const leastSleepMs = 1_000;

/**
 * Everything of a tenant in one archive, kept for its days and then deleted. A run of the tenant's own, under its key: what is left of
 * it goes with the tenant.
 */
export async function exportTenant(ref: ExportRef): Promise<"EXPIRED" | "FAILED"> {
  try {
    await buildExport(ref);
  } catch (error) {
    if (isCancellation(error)) throw error;
    await failExport({ ...ref, failureCode: failureOf(error) });
    return "FAILED";
  }
  for (;;) {
    const kept = await expireExport({ ...ref, now: Date.now() });
    if (kept.outcome === "ended") return "EXPIRED";
    await sleep(Math.min(Math.max(kept.forMs ?? dayMs, leastSleepMs), dayMs), { summary: "Until the export's time is over" });
  }
}

function failureOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  const reason = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  return reason === "export-unreadable" ? "key-rotated" : "failed";
}
