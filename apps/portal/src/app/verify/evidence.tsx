import type { CertificateDocument, KeyEvidence } from "@leasehold/domain/offboarding/certificate";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@leasehold/ui/components/ui/table";
import type { ReactNode } from "react";

const time = (at: string | null) => (at === null ? "Not looked at" : <RelativeTime value={at} format="date-time" />);
const count = (number: number | null) => (number === null ? "Not counted" : new Intl.NumberFormat("en").format(number));

/** The evidence of the certificate in one file, list by list. */
export function Evidence({ name, document }: { name: string; document: CertificateDocument }) {
  const { stores, keys, canaries, copies, notChecked } = document;
  return (
    <div className="flex flex-col gap-6 pt-3">
      <List
        of={name}
        title="Stores"
        heads={["Store", "Outcome", "Before", "After", "Looked at"]}
        rows={stores.map((one) => [one.label, one.disposition, count(one.before), count(one.after), time(one.checkedAt)])}
      />
      <List
        of={name}
        title="Keys"
        heads={["Key", "Model", "Wrapped before", "Wrapped after", "State", "Answered"]}
        rows={keys.map((one) => [
          nameOf(one),
          one.model,
          count(one.wrappedBefore),
          count(one.wrappedAfter),
          one.state,
          time(one.answeredAt),
        ])}
      />
      <List
        of={name}
        title="Canaries"
        heads={["Store", "Planted", "Readable after", "Looked at"]}
        rows={canaries.map((one) => [one.label, count(one.planted), count(one.readableAfter), time(one.checkedAt)])}
      />
      <List
        of={name}
        title="Copies that the deletion does not reach"
        heads={["Copy", "Unreadable from", "How"]}
        rows={copies.map((one) => [
          one.label,
          one.unreadableFrom === null ? "Since the keys were destroyed" : time(one.unreadableFrom),
          one.how,
        ])}
      />
      <List of={name} title="Not checked" heads={["Item", "Why"]} rows={notChecked.map(({ label, reason }) => [label, reason])} />
    </div>
  );
}

function nameOf({ keyArn, former, lost = [] }: KeyEvidence): ReactNode {
  if (former === undefined && lost.length === 0) return keyArn;
  return (
    <>
      {keyArn}
      {former === undefined ? null : (
        <span className="block">
          Left before the closing, <RelativeTime value={former.until} format="date-time" />; copies from before end{" "}
          <RelativeTime value={former.copiesUntil} format="date-time" />
        </span>
      )}
      {lost.map(({ purpose, version, lostAt }) => (
        <span key={`${purpose} ${version} ${lostAt}`} className="block">
          {purpose} key {version} lost, given up <RelativeTime value={lostAt} format="date-time" />
        </span>
      ))}
    </>
  );
}

function List({
  of,
  title,
  heads,
  rows,
}: {
  of: string;
  title: string;
  heads: readonly string[];
  rows: readonly (readonly ReactNode[])[];
}) {
  if (rows.length === 0) return null;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <h3 className="font-medium">{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page is reached by keyboard */}
      <section aria-label={`${title}, ${of}`} tabIndex={0} className="overflow-x-auto rounded-lg border bg-card shadow-xs">
        <Table>
          <TableHeader>
            <TableRow>
              {heads.map((head) => (
                <TableHead key={head}>{head}</TableHead>
              ))}
            </TableRow>
          </TableHeader>
          <TableBody>
            {rows.map((cells, row) => (
              <TableRow key={row}>
                {cells.map((cell, column) => (
                  <TableCell key={heads[column]} className="max-w-96 whitespace-normal break-words">
                    {cell}
                  </TableCell>
                ))}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </section>
    </div>
  );
}
