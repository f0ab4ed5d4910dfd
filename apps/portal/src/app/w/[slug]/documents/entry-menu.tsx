"use client";

import { ConfirmDialog } from "@leasehold/ui/components/confirm-dialog";
import { Button } from "@leasehold/ui/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@leasehold/ui/components/ui/dropdown-menu";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, Ellipsis, PenLine, Trash2 } from "lucide-react";
import { useState } from "react";
import { messageOf } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { bodyHref, type Entry, mentionOf } from "./entry.ts";
import { RenameDialog } from "./name-dialog.tsx";

export function EntryMenu({ slug, entry, mayWrite }: { slug: string; entry: Entry; mayWrite: boolean }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [open, setOpen] = useState<"rename" | "delete">();
  const refresh = { onSuccess: () => queries.invalidateQueries(trpc.documents.list.pathFilter()) };
  const remove = useMutation(trpc.documents.remove.mutationOptions(refresh));
  const removeFolder = useMutation(trpc.documents.deleteFolder.mutationOptions(refresh));
  const failed = remove.error ?? removeFolder.error;
  const isFolder = entry.kind === "folder";
  if (isFolder && !mayWrite) return null;
  return (
    <span className="relative z-10 inline-flex">
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${mentionOf(entry)}`}>
            <Ellipsis aria-hidden="true" />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {isFolder ? null : (
            <DropdownMenuItem asChild>
              <a href={bodyHref(slug, entry.documentId)} download>
                <Download aria-hidden="true" />
                Download
              </a>
            </DropdownMenuItem>
          )}
          {mayWrite ? (
            <>
              <DropdownMenuItem onSelect={() => setOpen("rename")}>
                <PenLine aria-hidden="true" />
                Rename
              </DropdownMenuItem>
              <DropdownMenuSeparator />
              <DropdownMenuItem onSelect={() => setOpen("delete")}>
                <Trash2 aria-hidden="true" />
                Delete
              </DropdownMenuItem>
            </>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
      <RenameDialog slug={slug} entry={entry} open={open === "rename"} onOpenChange={(next) => setOpen(next ? "rename" : undefined)} />
      <ConfirmDialog
        open={open === "delete"}
        onOpenChange={(next) => setOpen(next ? "delete" : undefined)}
        title={`Delete ${mentionOf(entry)}?`}
        description={
          isFolder
            ? "An empty folder is deleted; one with documents in it is kept."
            : "The document and its contents are deleted for everybody."
        }
        undo={isFolder ? undefined : "This cannot be undone."}
        actionLabel={isFolder ? "Delete folder" : "Delete document"}
        onConfirm={async () => {
          if (entry.kind === "folder") await removeFolder.mutateAsync({ slug, folderId: entry.folderId });
          else await remove.mutateAsync({ slug, documentId: entry.documentId });
        }}
        error={failed ? messageOf(failed) : undefined}
      />
    </span>
  );
}
