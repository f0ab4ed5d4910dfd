import type { AuditHead } from "./audit-entry.ts";
import { readExport } from "./export-format.ts";
import { type AuditVerdict, verifyChain } from "./verify-chain.ts";

/**
 * Checks an export by itself: every chain from its first row to the end that the export names, and against the anchors in it and those in
 * `anchors`. An export without its end was cut short.
 */
export function verifyExport(text: string, anchors: readonly AuditHead[] = []): AuditVerdict {
  const lines = readExport(text);
  const ends = lines.filter((line) => line.type === "end");
  const named = [...ends, ...lines.filter((line) => line.type === "anchor")].filter(({ seq }) => seq > 0);
  const verdict = verifyChain(
    lines.filter((line) => line.type === "entry"),
    [...named, ...anchors],
  );
  for (const plane of ["control", "application"] as const)
    if (!ends.some((end) => end.plane === plane))
      verdict.problems.push({
        kind: "truncated",
        plane,
        seq: null,
        auditId: null,
        message: "the export does not have the end of this plane's chain",
      });
  return verdict;
}
