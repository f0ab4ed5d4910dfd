"use client";

import { Field } from "@leasehold/ui/components/field";
import { Button } from "@leasehold/ui/components/ui/button";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@leasehold/ui/components/ui/dialog";
import { Input } from "@leasehold/ui/components/ui/input";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FormAlert } from "../../../../components/form-alert.tsx";
import { fieldError, formError } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { type Entry, mentionOf } from "./entry.ts";

interface NameDialogProps {
  title: string;
  description: string;
  initial: string;
  action: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onName: (name: string) => void;
  pending: boolean;
  error: unknown;
}

function NameDialog({ title, description, initial, action, open, onOpenChange, onName, pending, error }: NameDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <form
          noValidate
          className="contents"
          onSubmit={(event) => {
            event.preventDefault();
            onName(String(new FormData(event.currentTarget).get("name")));
          }}
        >
          <DialogHeader>
            <DialogTitle>{title}</DialogTitle>
            <DialogDescription>{description}</DialogDescription>
          </DialogHeader>
          <div className="flex flex-col gap-4">
            <FormAlert>{formError(error, ["name"])}</FormAlert>
            <Field label="Name" error={fieldError(error, "name")}>
              <Input name="name" defaultValue={initial} maxLength={200} autoComplete="off" />
            </Field>
          </div>
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="secondary">Cancel</Button>
            </DialogClose>
            <Button type="submit" pending={pending}>
              {action}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

export function NewFolderDialog({ slug, parentId }: { slug: string; parentId: string | undefined }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const create = useMutation(
    trpc.documents.createFolder.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        return queries.invalidateQueries(trpc.documents.list.pathFilter());
      },
    }),
  );
  return (
    <>
      <Button variant="secondary" onClick={() => setOpen(true)}>
        New folder
      </Button>
      <NameDialog
        title="New folder"
        description="It is made in the folder that is open."
        initial=""
        action="Create folder"
        open={open}
        onOpenChange={(next) => {
          setOpen(next);
          create.reset();
        }}
        onName={(name) => create.mutate({ slug, name, ...(parentId ? { parentId } : {}) })}
        pending={create.isPending}
        error={create.error}
      />
    </>
  );
}

export function RenameDialog({
  slug,
  entry,
  open,
  onOpenChange,
}: {
  slug: string;
  entry: Entry;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const done = {
    onSuccess: () => {
      onOpenChange(false);
      return queries.invalidateQueries(trpc.documents.list.pathFilter());
    },
  };
  const rename = useMutation(trpc.documents.rename.mutationOptions(done));
  const renameFolder = useMutation(trpc.documents.renameFolder.mutationOptions(done));
  return (
    <NameDialog
      title={`Rename ${mentionOf(entry)}`}
      description="Everybody in the workspace sees the new name."
      initial={entry.nameLost ? "" : entry.name}
      action="Rename"
      open={open}
      onOpenChange={onOpenChange}
      onName={(name) => {
        if (entry.kind === "folder") renameFolder.mutate({ slug, folderId: entry.folderId, name });
        else rename.mutate({ slug, documentId: entry.documentId, name });
      }}
      pending={rename.isPending || renameFolder.isPending}
      error={rename.error ?? renameFolder.error}
    />
  );
}
