"use client";

import { Bytes } from "@leasehold/ui/components/bytes";
import { type Column, rowLink } from "@leasehold/ui/components/data-table";
import { FileIcon } from "@leasehold/ui/components/file-icon";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import Link from "next/link";
import { KnownName, WhyNameLost } from "../../../../components/known-name.tsx";
import { bodyHref, type DocumentEntry, type Entry } from "./entry.ts";
import { EntryMenu } from "./entry-menu.tsx";
import { documentsHref } from "./search-params.ts";

interface EntryOptions {
  slug: string;
  mayWrite: boolean;
  onPreview: (entry: DocumentEntry) => void;
}

export function entryColumns({ slug, mayWrite, onPreview }: EntryOptions): readonly Column<Entry>[] {
  return [
    {
      id: "name",
      header: "Name",
      className: "w-full max-w-0",
      cell: (entry) => (
        <span className="flex min-w-0 items-center gap-2.5">
          <FileIcon contentType={entry.kind === "folder" ? "folder" : entry.contentType} />
          <NameLink slug={slug} entry={entry} onPreview={onPreview} />
          <WhyNameLost nameLost={entry.nameLost} renames={mayWrite} />
        </span>
      ),
    },
    {
      id: "size",
      header: "Size",
      align: "end",
      className: "hidden whitespace-nowrap sm:table-cell",
      cell: (entry) => (entry.kind === "document" ? <Bytes value={entry.sizeBytes} /> : null),
    },
    {
      id: "changed",
      header: "Changed",
      className: "hidden whitespace-nowrap md:table-cell",
      cell: (entry) => (entry.kind === "document" ? <RelativeTime value={entry.updatedAt} /> : null),
    },
    { id: "actions", header: "", align: "end", cell: (entry) => <EntryMenu slug={slug} entry={entry} mayWrite={mayWrite} /> },
  ];
}

function NameLink({ slug, entry, onPreview }: { slug: string; entry: Entry; onPreview: (entry: DocumentEntry) => void }) {
  const name = <KnownName name={entry.name} nameLost={entry.nameLost} />;
  if (entry.kind === "folder")
    return (
      <Link href={documentsHref(slug, { folder: entry.folderId })} className={`${rowLink} truncate`}>
        {name}
      </Link>
    );
  if (entry.preview)
    return (
      <button type="button" onClick={() => onPreview(entry)} className={`${rowLink} min-w-0 truncate text-left`}>
        {name}
      </button>
    );
  return (
    <a href={bodyHref(slug, entry.documentId)} download className={`${rowLink} truncate`}>
      {name}
    </a>
  );
}
