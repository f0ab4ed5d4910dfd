"use client";

import type { ErasureChoice } from "@leasehold/domain/offboarding/erasure";
import { Label } from "@leasehold/ui/components/ui/label";
import { RadioGroup, RadioGroupItem } from "@leasehold/ui/components/ui/radio-group";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "../../../../trpc/client.tsx";
import { ErasureDialog } from "./erasure-dialog.tsx";

const choices: Record<ErasureChoice, string> = {
  keep: "Keep the documents that they made, without their name",
  delete: "Delete the documents that they made, with every version",
};

interface ErasePersonProps {
  slug: string;
  userId: string;
  /** Undefined for somebody whose account is gone. */
  name: string | undefined;
}

/** An owner asks for the erasure of one person, a member or one who was: what it finds, and what becomes of documents. */
export function ErasePerson({ slug, userId, name }: ErasePersonProps) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [documents, setDocuments] = useState<ErasureChoice>("keep");
  const preview = useQuery({ ...trpc.erasure.preview.queryOptions({ slug, userId }), enabled: open });
  const request = useMutation(
    trpc.erasure.request.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queries.invalidateQueries(trpc.members.list.queryFilter({ slug })),
          queries.invalidateQueries(trpc.erasure.former.queryFilter({ slug })),
          queries.invalidateQueries(trpc.erasure.list.queryFilter({ slug })),
        ]),
    }),
  );
  const who = name ?? "this person";
  return (
    <ErasureDialog
      open={open}
      onOpenChange={setOpen}
      label={{ text: "Erase", full: `Erase ${name ?? `the person ${userId}`}` }}
      title={`Erase ${who} from this workspace?`}
      description="For a person's right to be forgotten. To end their access alone, remove them instead."
      whose="their"
      preview={preview}
      lastOwner="They are the last owner. Make someone else owner first."
      documents={documents}
      typedName={name ?? userId}
      actionLabel="Erase this person"
      problem={request.error}
      onConfirm={async (given) => void (await request.mutateAsync({ slug, userId, documents, ...given }))}
    >
      <RadioGroup
        aria-label="Their documents"
        value={documents}
        onValueChange={(value) => setDocuments(value as ErasureChoice)}
        className="flex flex-col gap-2"
      >
        {(Object.keys(choices) as ErasureChoice[]).map((choice) => (
          <div key={choice} className="flex items-center gap-2">
            <RadioGroupItem id={`documents-${choice}`} value={choice} />
            <Label htmlFor={`documents-${choice}`}>{choices[choice]}</Label>
          </div>
        ))}
      </RadioGroup>
    </ErasureDialog>
  );
}
