"use client";

import { exportKeptDays, exportLinkMinutes, exportStatePresentation, missingLabels } from "@leasehold/domain/offboarding/exports";
import { type Column, DataTable } from "@leasehold/ui/components/data-table";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Button } from "@leasehold/ui/components/ui/button";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { formatBytes, formatNumber } from "@leasehold/ui/lib/format";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useRef } from "react";
import { messageOf, requestIdOf } from "../../../../lib/errors.ts";
import type { PortalRouter } from "../../../../server/routers/root.ts";
import { useTRPC } from "../../../../trpc/client.tsx";

type Export = inferRouterOutputs<PortalRouter>["exports"]["list"][number];

const isOpen = ({ state }: Export) => state === "REQUESTED" || state === "RUNNING";

/** Everything of the workspace as one file: asked for, built in the background, downloaded by a link. */
export function ExportSettings({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const idempotencyKey = useRef<string>(undefined);
  const exports = useQuery({
    ...trpc.exports.list.queryOptions({ slug }),
    refetchInterval: ({ state }) => (state.data?.some(isOpen) ? 1_500 : 30_000),
  });
  const request = useMutation(
    trpc.exports.request.mutationOptions({
      onSuccess: () => void toast.success("Export requested", { description: "You get a mail when it is ready." }),
      onError: (error) => void toast.error(messageOf(error)),
      onSettled: () => {
        idempotencyKey.current = undefined;
        return exports.refetch();
      },
    }),
  );
  const link = useMutation(
    trpc.exports.link.mutationOptions({
      onSuccess: ({ url }) => window.location.assign(url),
      onError: (error) => void toast.error(messageOf(error)),
    }),
  );
  const ask = () => {
    idempotencyKey.current ??= crypto.randomUUID();
    request.mutate({ slug, idempotencyKey: idempotencyKey.current });
  };
  const columns: readonly Column<Export>[] = [
    { id: "state", header: "State", cell: (each) => <State of={each} /> },
    { id: "asked", header: "Asked for", className: "hidden sm:table-cell", cell: ({ createdAt }) => <RelativeTime value={createdAt} /> },
    { id: "by", header: "By", className: "hidden lg:table-cell", cell: ({ requestedBy }) => requestedBy },
    { id: "content", header: "Content", cell: (each) => <Content of={each} /> },
    { id: "kept", header: "Kept", className: "hidden md:table-cell", cell: (each) => <Kept of={each} /> },
    {
      id: "actions",
      header: "",
      align: "end",
      cell: ({ state, exportId }) =>
        state === "READY" ? (
          <Button
            variant="secondary"
            size="sm"
            pending={link.isPending && link.variables.exportId === exportId}
            onClick={() => link.mutate({ slug, exportId })}
          >
            Download
          </Button>
        ) : null,
    },
  ];
  return (
    <Section
      title="Export your data"
      description={`Documents with their contents, folders, members, the audit log and usage in one file of open formats. It is encrypted while it is kept, for ${exportKeptDays} days. A download’s link works for ${exportLinkMinutes} minutes, for you alone.`}
      actions={
        <Button pending={request.isPending} disabled={exports.data?.some(isOpen) ?? true} onClick={ask}>
          Export everything
        </Button>
      }
    >
      <DataTable
        label="Exports"
        cards
        columns={columns}
        rows={exports.data}
        rowId={({ exportId }) => exportId}
        skeletonRows={2}
        empty={<EmptyState title="No export yet" description="Ask for one, and it is built while you work." />}
        error={
          exports.error ? (
            <ErrorState title="The exports could not be read" meaning={messageOf(exports.error)} requestId={requestIdOf(exports.error)} />
          ) : undefined
        }
      />
    </Section>
  );
}

function State({ of: { state, failure } }: { of: Export }) {
  const { label, tone } = exportStatePresentation[state];
  return (
    <span className="flex flex-col gap-1">
      <StatusBadge tone={tone} label={label} live={state === "RUNNING"} />
      {failure === null ? null : <span className="text-muted-foreground text-sm">{failure}</span>}
    </span>
  );
}

function Content({ of: { state, documents, documentsExpected, documentBytes, bytes, unreadable, missing } }: { of: Export }) {
  if (state === "REQUESTED") return "Waiting to begin";
  const ofAll = state === "RUNNING" && documentsExpected !== null ? ` of ${formatNumber(Math.max(documents, documentsExpected))}` : "";
  return (
    <span className="flex flex-col tabular-nums">
      <span>
        {formatNumber(documents)}
        {ofAll} {documents === 1 && ofAll === "" ? "document" : "documents"}, {formatBytes(bytes ?? documentBytes)}
      </span>
      {unreadable > 0 ? <span className="text-sm text-warning-text">{formatNumber(unreadable)} without content</span> : null}
      {missing.map((what) => (
        <span key={what} className="whitespace-normal text-sm text-warning-text">
          {missingLabels[what] ?? `Without ${what}`}
        </span>
      ))}
    </span>
  );
}

function Kept({ of: { state, expiresAt, endedAt } }: { of: Export }) {
  if (state === "READY") return expiresAt === null ? "While the workspace is being closed" : <RelativeTime value={expiresAt} />;
  return endedAt === null ? "–" : <RelativeTime value={endedAt} />;
}
