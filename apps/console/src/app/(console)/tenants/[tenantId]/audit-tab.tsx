"use client";

import { CopyId } from "@leasehold/ui/components/copy-id";
import { DataTable } from "@leasehold/ui/components/data-table";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { ScrollText } from "lucide-react";
import { useState } from "react";
import { RequestError } from "../../../../components/request-error.tsx";
import type { ConsoleRouter } from "../../../../server/router.ts";
import { useTRPC } from "../../../../trpc/client.tsx";

type Anchor = inferRouterOutputs<ConsoleRouter>["tenantRecords"]["audit"]["anchors"][number];
type Row = inferRouterOutputs<ConsoleRouter>["tenantRecords"]["audit"]["items"][number];

const columns = [
  { id: "at", header: "When", fixed: true, cell: (row: Row) => <RelativeTime value={row.createdAt} format="date-time" /> },
  { id: "action", header: "Action", cell: (row: Row) => <span className="font-mono text-sm">{row.action}</span> },
  { id: "actor", header: "Actor", cell: (row: Row) => <Actor actor={row.actor} /> },
  { id: "target", header: "Target", cell: (row: Row) => <CopyId value={row.target} label="target" /> },
  { id: "details", header: "Details", cell: (row: Row) => <Details details={row.details} /> },
  { id: "request", header: "Request", optional: true, cell: (row: Row) => <CopyId value={row.requestId} label="request id" /> },
];

export function AuditTab({ tenantId }: { tenantId: string }) {
  const trpc = useTRPC();
  // The cursors of the pages before this one: going back needs no cursor of its own.
  const [trail, setTrail] = useState<string[]>([]);
  const audit = useQuery(trpc.tenantRecords.audit.queryOptions({ tenantId, cursor: trail.at(-1) }, { placeholderData: keepPreviousData }));
  const nextCursor = audit.data?.nextCursor;
  return (
    <>
      <Anchors anchors={audit.data?.anchors ?? []} />
      <DataTable
        label="Audit log"
        columns={columns}
        cards
        columnChoice
        rows={audit.data?.items}
        rowId={(row) => row.auditId}
        refreshing={audit.isPlaceholderData}
        error={
          audit.error && !audit.data ? <RequestError what="The audit log" error={audit.error} onRetry={() => audit.refetch()} /> : undefined
        }
        empty={
          <EmptyState
            icon={ScrollText}
            title="Nothing recorded"
            description="Whatever people, operators and workflows do to this tenant is recorded here."
          />
        }
        pages={{
          onPrevious: trail.length > 0 ? () => setTrail(trail.slice(0, -1)) : undefined,
          onNext: nextCursor ? () => setTrail([...trail, nextCursor]) : undefined,
        }}
      />
    </>
  );
}

/** Where each plane's chain ended when it was last written to the object store: a log that does not reach it is not whole. */
function Anchors({ anchors }: { anchors: readonly Anchor[] }) {
  const newest = (["control", "application"] as const).flatMap((plane) => anchors.find((anchor) => anchor.plane === plane) ?? []);
  if (newest.length === 0) return null;
  return (
    <ul className="mb-4 flex flex-wrap gap-x-6 gap-y-1 text-muted-foreground text-sm">
      {newest.map(({ plane, seq, link, anchoredAt }) => (
        <li key={plane} className="inline-flex items-center gap-2">
          {plane === "control" ? "Control plane" : "Application plane"} anchored at {seq}, <RelativeTime value={anchoredAt} />
          <CopyId value={link} label="link" />
        </li>
      ))}
    </ul>
  );
}

function Actor({ actor }: { actor: string }) {
  const [type = "", id = ""] = actor.split(":");
  return (
    <span className="inline-flex items-center gap-2">
      {type} <CopyId value={id} label={`${type} id`} />
    </span>
  );
}

function Details({ details }: { details: Record<string, unknown> }) {
  const parts = Object.entries(details).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  const text = parts.join(", ");
  return (
    <span title={text} className="block max-w-72 truncate text-muted-foreground text-sm">
      {text || "–"}
    </span>
  );
}
