"use client";

import type { ErasureChoice } from "@leasehold/domain/offboarding/erasure";
import { ConfirmDialog } from "@leasehold/ui/components/confirm-dialog";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { Button } from "@leasehold/ui/components/ui/button";
import { Label } from "@leasehold/ui/components/ui/label";
import { RadioGroup, RadioGroupItem } from "@leasehold/ui/components/ui/radio-group";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { fieldError, messageOf } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import type { Member } from "./client.tsx";

const choices: Record<ErasureChoice, string> = {
  keep: "Keep the documents that they made, without their name",
  delete: "Delete the documents that they made, with every version",
};

/** Asks for the erasure of one person: what it finds, what becomes of documents, and that nothing of it is taken back. */
export function ErasePerson({ slug, member }: { slug: string; member: Member }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [documents, setDocuments] = useState<ErasureChoice>("keep");
  const [password, setPassword] = useState("");
  // One wish is one key, however often it is sent.
  const key = useRef(crypto.randomUUID());
  const preview = useQuery({ ...trpc.erasure.preview.queryOptions({ slug, userId: member.userId }), enabled: open });
  const request = useMutation(
    trpc.erasure.request.mutationOptions({
      onSuccess: () => {
        key.current = crypto.randomUUID();
        return Promise.all([
          queries.invalidateQueries(trpc.members.list.queryFilter({ slug })),
          queries.invalidateQueries(trpc.erasure.list.queryFilter({ slug })),
        ]);
      },
    }),
  );
  const found = preview.data;
  const refusal = found?.legalHold
    ? "The workspace is under a legal hold: nobody is erased from it until the hold is released."
    : found?.lastOwner
      ? "They are the last owner. Make someone else owner first."
      : undefined;
  const error = refusal ?? (preview.error ? messageOf(preview.error) : request.error ? messageOf(request.error) : undefined);
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button variant="ghost" size="sm" aria-label={`Erase ${member.name}`}>
          Erase
        </Button>
      }
      title={`Erase ${member.name} from this workspace?`}
      description="For a person's right to be forgotten. To end their access alone, remove them instead."
      consequences={[
        `Membership, API keys${found === undefined ? "" : ` and ${found.invitations} invitations`} to and by them end at once.`,
        "What the audit log says about them is taken out; its chain stays verifiable.",
        "Their account goes too, unless they use it in another workspace.",
        "Backups of the databases keep copies until they expire. The certificate says until when.",
      ]}
      undo="Nothing of this can be taken back."
      typedName={member.name}
      actionLabel="Erase this person"
      onConfirm={async () => {
        if (refusal !== undefined) throw new Error(refusal);
        const given = password === "" ? {} : { password };
        await request.mutateAsync({ slug, userId: member.userId, documents, idempotencyKey: key.current, ...given });
        setPassword("");
      }}
      error={error}
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
      <PasswordField
        label="Your password"
        hint="Needed if you signed in more than five minutes ago."
        value={password}
        autoComplete="current-password"
        error={fieldError(request.error, "password")}
        onChange={(event) => setPassword(event.target.value)}
      />
    </ConfirmDialog>
  );
}
