"use client";

import { Field } from "@leasehold/ui/components/field";
import { FormCard } from "@leasehold/ui/components/form-card";
import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { FormAlert } from "../../../../components/form-alert.tsx";
import { fieldError, formError } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";

export function RenameCard({ slug, name, allowed }: { slug: string; name: string; allowed: boolean }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const rename = useMutation(
    trpc.workspace.rename.mutationOptions({
      onSuccess: () => {
        toast.success("Workspace renamed");
        router.refresh();
        return queries.invalidateQueries(trpc.workspace.get.queryFilter({ slug }));
      },
    }),
  );
  return (
    <FormCard
      title="General"
      description="The name is what members see. The address stays as it is."
      hint={allowed ? undefined : "Owners and admins change the name, while the workspace is active."}
      footer={
        <Button type="submit" pending={rename.isPending} disabled={!allowed}>
          Save
        </Button>
      }
      onSubmit={(event) => {
        event.preventDefault();
        rename.mutate({ slug, name: String(new FormData(event.currentTarget).get("name")) });
      }}
    >
      <FormAlert>{formError(rename.error, ["name"])}</FormAlert>
      <Field label="Organization name" error={fieldError(rename.error, "name")}>
        <Input name="name" defaultValue={name} maxLength={80} readOnly={!allowed} autoComplete="organization" />
      </Field>
      <Field label="Workspace address">
        <Input name="address" value={`/w/${slug}`} readOnly className="font-mono" />
      </Field>
    </FormCard>
  );
}
