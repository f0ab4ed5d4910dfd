import type { Evidence } from "@leasehold/domain/offboarding/certificate";
import { DataTable } from "@leasehold/ui/components/data-table";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { formatNumber, formatUtc } from "@leasehold/ui/lib/format";
import { evidenceLabel } from "../../../../../lib/item-label.ts";
import type { Closing } from "./closing-tab.tsx";

type Row = Closing["evidence"][number];

const columns = [
  {
    id: "item",
    header: "Item",
    fixed: true,
    filterBy: (row: Row) => `${evidenceLabel(row)} ${row.item}`,
    className: "max-w-64 whitespace-normal",
    cell: (row: Row) => (
      <>
        <span className="block break-words">{evidenceLabel(row)}</span>
        <code className="block break-words font-mono text-muted-foreground text-sm [overflow-wrap:anywhere]">{row.item}</code>
      </>
    ),
  },
  { id: "found", header: "Found", className: "whitespace-normal", cell: (row: Row) => foundOf(row.evidence as Evidence) },
  { id: "at", header: "Looked at", className: "hidden sm:table-cell", cell: (row: Row) => <RelativeTime value={row.recordedAt} /> },
];

/** What every step counted and looked at again: the certificate says this and nothing else. */
export function EvidenceTable({ rows }: { rows: readonly Row[] }) {
  return (
    <Section title="Evidence" description="What the certificate is put together from. What is not here is named in it as not checked.">
      <DataTable
        label="Evidence"
        columns={columns}
        cards
        rows={rows}
        rowId={(row) => row.item}
        filterLabel="Filter evidence"
        empty={<EmptyState title="Nothing recorded yet" />}
      />
    </Section>
  );
}

const dispositions = { deleted: "Deleted", destroyed: "Unreadable", kept: "Kept", expires: "Ends by itself" } as const;
const count = (value: number | null) => (value === null ? "not counted" : formatNumber(value));

/** What was found, in words, for each kind of evidence; other kinds as they are. */
function foundOf(evidence: Evidence): string {
  switch (evidence.type) {
    case "store":
      return `${dispositions[evidence.disposition]}: ${count(evidence.before)} before, ${count(evidence.after)} after`;
    case "key":
      return `${evidence.state} in KMS: ${count(evidence.wrappedBefore)} wrapped keys before, ${count(evidence.wrappedAfter)} after${evidence.lost === undefined ? "" : `, ${count(evidence.lost.length)} given up before as lost`}`;
    case "canary":
      return `${count(evidence.planted)} planted, ${count(evidence.readableAfter)} readable after`;
    case "copy":
      return `unreadable by ${evidence.unreadableBy}${evidence.unreadableFrom === null ? "" : ` from ${formatUtc(evidence.unreadableFrom)}`}`;
    default:
      return JSON.stringify(evidence);
  }
}
