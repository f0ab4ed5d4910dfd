import type { AuditEntry, AuditHead } from "./audit-entry.ts";
import { type AuditPlane, chainStart, commitToDetails, commitToRow, linkOf } from "./chain.ts";

export interface AuditProblem {
  kind: "altered" | "removed" | "inserted" | "reordered" | "truncated" | "unsealed";
  plane: AuditPlane;
  seq: number | null;
  auditId: string | null;
  message: string;
}

export interface AuditVerdict {
  /** Rows whose place in the chain holds, by plane. */
  verified: Record<AuditPlane, number>;
  /** Rows whose details were erased; what is left of them holds. */
  erased: number;
  /** The end of each chain as it was found, for comparison with an anchor. */
  heads: AuditHead[];
  problems: AuditProblem[];
}

const bytes = (hex: string) => Buffer.from(hex, "hex");

/**
 * Checks one tenant's rows, in the order in which they are given, against their chains; `heads` are ends that must be reached: the
 * export's own, anchors from the object store or from the console. Needs no database and no key.
 */
export function verifyChain(entries: readonly AuditEntry[], heads: readonly AuditHead[] = []): AuditVerdict {
  const verdict: AuditVerdict = { verified: { control: 0, application: 0 }, erased: 0, heads: [], problems: [] };
  for (const plane of ["control", "application"] as const) {
    const rows = entries.filter((entry) => entry.plane === plane);
    const tenants = new Set([...rows, ...heads.filter((head) => head.plane === plane)].map(({ tenantId }) => tenantId));
    for (const tenantId of tenants) {
      const expected = heads.filter((head) => head.plane === plane && head.tenantId === tenantId);
      verifyOne(
        plane,
        tenantId,
        rows.filter((row) => row.tenantId === tenantId),
        expected,
        verdict,
      );
    }
  }
  return verdict;
}

function verifyOne(plane: AuditPlane, tenantId: string, rows: AuditEntry[], heads: readonly AuditHead[], verdict: AuditVerdict): void {
  const found = (kind: AuditProblem["kind"], row: AuditEntry | undefined, message: string, seq = row?.seq ?? null) =>
    verdict.problems.push({ kind, plane, seq, auditId: row?.auditId ?? null, message });
  let previous: Buffer | undefined = chainStart(plane, tenantId);
  let expectedSeq = 1;
  const links = new Map<number, string>();
  const seen = new Set<string>();
  for (const row of rows) {
    if (row.seq === null || row.link === null || row.commitment === null) {
      found("unsealed", row, "has no place in the chain: it waits for its seal, or was put in");
      continue;
    }
    if (seen.has(row.auditId) || links.has(row.seq)) {
      found("inserted", row, "stands at a place that is taken, or a second time");
      continue;
    }
    seen.add(row.auditId);
    links.set(row.seq, row.link);
    if (row.seq < expectedSeq) {
      found("reordered", row, `comes after place ${expectedSeq - 1}`);
      continue;
    }
    if (row.seq > expectedSeq) {
      const range = row.seq === expectedSeq + 1 ? `place ${expectedSeq}` : `places ${expectedSeq} to ${row.seq - 1}`;
      const later = rows.some((other) => other.seq !== null && other.seq >= expectedSeq && other.seq < (row.seq ?? 0));
      found(
        later ? "reordered" : "removed",
        later ? row : undefined,
        later ? `comes before ${range}` : `nothing is at ${range}`,
        expectedSeq,
      );
      previous = undefined;
    }
    const wrong = differenceOf(row);
    if (wrong !== undefined) found("altered", row, wrong);
    else if (previous !== undefined && linkOf(previous, row.seq, bytes(row.commitment)).toString("hex") !== row.link)
      found("altered", row, "its link does not follow from the row before it");
    else verdict.verified[plane] += 1;
    if (row.erasedAt !== null) verdict.erased += 1;
    previous = bytes(row.link);
    expectedSeq = row.seq + 1;
  }
  const last = rows.findLast((row) => row.seq === expectedSeq - 1);
  if (last?.link) verdict.heads.push({ plane, tenantId, seq: expectedSeq - 1, link: last.link });
  for (const head of heads) {
    const link = links.get(head.seq);
    if (link === undefined) found("truncated", undefined, `the chain reached place ${head.seq}, which is not here`, head.seq);
    else if (link !== head.link) found("altered", undefined, "the link at this place is not the one that was anchored", head.seq);
  }
}

/** What of a row does not agree with its own commitments. */
function differenceOf(row: AuditEntry): string | undefined {
  if (row.detailsCommitment === null || row.commitment === null) return "lacks its commitments";
  const details = bytes(row.detailsCommitment);
  if (row.erasedAt === null) {
    if (row.salt === null || !commitToDetails(bytes(row.salt), row.details).equals(details))
      return "its details are not those that were sealed";
    if (row.sealedDetails !== null) {
      const salt = bytes(row.sealedSalt ?? "");
      if (commitToDetails(salt, row.sealedDetails).toString("hex") !== row.sealedCommitment)
        return "its encrypted details are not those that were sealed";
    }
  } else if (row.salt !== null || row.details !== "{}" || row.sealedDetails !== null)
    return "has details though it says that they were erased";
  const sealed = row.sealedCommitment === null ? null : bytes(row.sealedCommitment);
  return commitToRow(row, details, sealed).toString("hex") === row.commitment ? undefined : "what it says is not what was sealed";
}
