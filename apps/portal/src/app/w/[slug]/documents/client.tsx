"use client";

import { AppBreadcrumb } from "@leasehold/ui/components/app-breadcrumb";
import { DataTable } from "@leasehold/ui/components/data-table";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { Button } from "@leasehold/ui/components/ui/button";
import { useInfiniteQuery } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { useWorkspace } from "../../../../components/workspace-shell.tsx";
import { messageOf, requestIdOf } from "../../../../lib/errors.ts";
import { may } from "../../../../lib/may.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { entryColumns } from "./entries.tsx";
import type { Entry } from "./entry.ts";
import { NewFolderDialog } from "./name-dialog.tsx";
import { Preview } from "./preview.tsx";
import { documentsHref, readDocumentsView } from "./search-params.ts";
import { UploadButton, UploadList } from "./uploads.tsx";
import { useUploads } from "./use-uploads.ts";

const settleMs = 250;
/** Nothing is dropped with a finger. */
const emptyHint = (
  <>
    <span className="pointer-coarse:hidden">Upload a document, or drop files anywhere on this page.</span>
    <span className="hidden pointer-coarse:inline">Upload a document from this device.</span>
  </>
);

export function Documents({ slug }: { slug: string }) {
  const workspace = useWorkspace();
  const { folder, search } = readDocumentsView(useSearchParams());
  const [query, setQuery] = useState(search);
  const [preview, setPreview] = useState<Entry>();
  const mayWrite = may(workspace, "documents:write");
  const input = { slug, ...(search ? { search } : { folderId: folder }) };
  const list = useInfiniteQuery(useTRPC().documents.list.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor }));
  useEffect(() => {
    if (query === search) return;
    const timer = setTimeout(
      () => window.history.replaceState(null, "", documentsHref(slug, query ? { search: query } : { folder })),
      settleMs,
    );
    return () => clearTimeout(timer);
  }, [query, search, folder, slug]);

  const first = list.data?.pages[0];
  const entries = list.data?.pages.flatMap((page): Entry[] => [
    ...page.folders.map((item) => ({ ...item, kind: "folder" as const })),
    ...page.documents.map((item) => ({ ...item, kind: "document" as const })),
  ]);
  const path = first?.path ?? [];
  const uploads = useUploads(slug, { folderId: folder, name: folder ? (path.at(-1)?.name ?? "another folder") : "All documents" });
  return (
    <>
      <PageHeader
        title="Documents"
        description="Names and contents are encrypted under your workspace's own key."
        actions={
          mayWrite ? (
            <>
              <NewFolderDialog slug={slug} parentId={folder} />
              <UploadButton onFiles={uploads.add} />
            </>
          ) : undefined
        }
      />
      <div className="flex flex-col gap-3">
        {path.length > 0 ? (
          <AppBreadcrumb
            label="Folders"
            link={Link}
            crumbs={[
              { label: "All documents", href: documentsHref(slug, {}) },
              ...path.map((item) => ({ label: item.name, href: documentsHref(slug, { folder: item.folderId }) })),
            ]}
          />
        ) : null}
        <UploadList slug={slug} uploads={uploads} />
        <DataTable
          label="Documents"
          columns={entryColumns({ slug, mayWrite, onPreview: setPreview })}
          rows={entries}
          rowId={(entry) => (entry.kind === "folder" ? entry.folderId : entry.documentId)}
          skeletonRows={5}
          filterLabel="Search by name"
          filter={query}
          onFilterChange={setQuery}
          refreshing={query !== search || (list.isFetching && !list.isLoading)}
          empty={
            search ? (
              <EmptyState title={`No document has “${search}” in its name`} description="Names are searched in every folder." />
            ) : (
              <EmptyState
                icon={FileText}
                title={folder ? "This folder is empty" : "No documents yet"}
                description={mayWrite ? emptyHint : "Members of the workspace can add some."}
                action={mayWrite ? <UploadButton onFiles={uploads.add} variant="secondary" label="Choose files" /> : undefined}
              />
            )
          }
          error={
            list.error ? (
              <ErrorState
                title="Your documents could not be listed"
                meaning={messageOf(list.error)}
                requestId={requestIdOf(list.error)}
                onRetry={() => void list.refetch()}
                retrying={list.isFetching}
              />
            ) : undefined
          }
        />
        {list.hasNextPage ? (
          <Button variant="secondary" className="self-center" pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        ) : null}
      </div>
      <Preview slug={slug} entry={preview} onClose={() => setPreview(undefined)} />
    </>
  );
}
