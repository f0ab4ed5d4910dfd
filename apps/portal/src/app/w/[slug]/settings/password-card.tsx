"use client";

import { FormCard } from "@leasehold/ui/components/form-card";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { Button } from "@leasehold/ui/components/ui/button";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { FormAlert } from "../../../../components/form-alert.tsx";
import { fieldError, formError } from "../../../../lib/errors.ts";
import { passwordHint } from "../../../../lib/password-hint.ts";
import { useTRPC } from "../../../../trpc/client.tsx";

export function PasswordCard() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const change = useMutation(
    trpc.session.changePassword.mutationOptions({
      onSuccess: () => {
        form.current?.reset();
        toast.success("Password changed. Your other sessions have ended.");
        return queries.invalidateQueries(trpc.session.list.queryFilter());
      },
    }),
  );
  return (
    <FormCard
      ref={form}
      title="Password"
      description="Yours, for every workspace that you are in. Changing it ends your other sessions."
      footer={
        <Button type="submit" pending={change.isPending}>
          Change password
        </Button>
      }
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        change.mutate({ currentPassword: String(data.get("currentPassword")), password: String(data.get("password")) });
      }}
    >
      <FormAlert>{formError(change.error, ["currentPassword", "password"])}</FormAlert>
      <PasswordField
        label="Current password"
        name="currentPassword"
        autoComplete="current-password"
        error={fieldError(change.error, "currentPassword")}
      />
      <PasswordField
        label="New password"
        name="password"
        autoComplete="new-password"
        hint={passwordHint}
        error={fieldError(change.error, "password")}
      />
    </FormCard>
  );
}
