"use client";

import { CopyId } from "@leasehold/ui/components/copy-id";
import { type Column, DataTable } from "@leasehold/ui/components/data-table";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { KnownName, WhyNameLost } from "../../../../components/known-name.tsx";
import { useWorkspace } from "../../../../components/workspace-shell.tsx";
import { auditWords } from "../../../../lib/audit-words.ts";
import { messageOf, requestIdOf } from "../../../../lib/errors.ts";
import type { PortalRouter } from "../../../../server/routers/root.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { ExportMenu } from "./export-menu.tsx";
import { AuditFilterBar, type AuditFilters, noFilters, queryOf } from "./filters.tsx";

type Row = inferRouterOutputs<PortalRouter>["workspace"]["audit"]["items"][number];

const refreshMs = 5_000;

const columns: readonly Column<Row>[] = [
  {
    id: "action",
    header: "What",
    className: "w-full whitespace-normal",
    cell: (row) => (
      <>
        <span className="block">
          {auditWords(row.action)}
          {typeof row.details.name === "string" ? <span className="text-muted-foreground">: {row.details.name}</span> : null}
          {row.details.nameLost === true ? (
            <>
              {": "}
              <KnownName name="Name lost" nameLost />
              <WhyNameLost nameLost />
            </>
          ) : null}
        </span>
        <span className="block text-muted-foreground text-sm sm:hidden">{row.actor}</span>
      </>
    ),
  },
  { id: "actor", header: "Who", cell: (row) => row.actor, className: "hidden sm:table-cell" },
  { id: "target", header: "On", cell: (row) => <CopyId value={row.target} label="id" />, className: "hidden sm:table-cell" },
  { id: "at", header: "When", cell: (row) => <RelativeTime value={row.createdAt} />, align: "end", className: "whitespace-nowrap" },
];

/** Who did what in the workspace, newest first. */
export function AuditLog({ slug }: { slug: string }) {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const cursor = cursors.at(-1) ?? null;
  const [filters, setFilters] = useState<AuditFilters>(noFilters);
  const { plan } = useWorkspace();
  const audit = useQuery(
    useTRPC().workspace.audit.queryOptions(
      { slug, cursor, documents: true, ...queryOf(filters) },
      // The newest page follows what happens; those behind it stay as they were.
      { placeholderData: keepPreviousData, refetchInterval: cursor === null ? refreshMs : false },
    ),
  );
  const next = audit.data?.nextCursor;
  return (
    <>
      <PageHeader
        title="Audit"
        description="Every change in this workspace, with who made it. Rows are sealed into a chain within a second; none can be changed or taken out unnoticed."
        actions={<ExportMenu slug={slug} plan={plan} />}
      />
      <DataTable
        label="Audit log"
        columns={columns}
        rows={audit.data?.items}
        rowId={(row) => row.auditId}
        refreshing={audit.isPlaceholderData}
        toolbar={
          <AuditFilterBar
            slug={slug}
            value={filters}
            onChange={(next) => {
              setFilters(next);
              setCursors([null]);
            }}
          />
        }
        empty={<EmptyState title="Nothing has happened yet" description="Changes appear here as they are made." />}
        error={
          audit.error ? (
            <ErrorState
              title="The audit log could not be read"
              meaning={messageOf(audit.error)}
              requestId={requestIdOf(audit.error)}
              onRetry={() => void audit.refetch()}
            />
          ) : undefined
        }
        pages={{
          ...(cursors.length > 1 ? { onPrevious: () => setCursors(cursors.slice(0, -1)) } : {}),
          ...(next ? { onNext: () => setCursors([...cursors, next]) } : {}),
        }}
      />
    </>
  );
}
