"use client";

import { CodeField } from "@leasehold/ui/components/code-field";
import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { FormAlert } from "../../components/form-alert.tsx";
import { fieldError, formError } from "../../lib/errors.ts";
import { homeOf } from "../../lib/home-of.ts";
import { useTRPC } from "../../trpc/client.tsx";

/** The second half of signing in: a code of the app, or one that was kept for when it is lost. */
export function CodeForm({ next, onBack }: { next: string | undefined; onBack: () => void }) {
  const confirm = useMutation(
    useTRPC().session.confirmSignIn.mutationOptions({
      onSuccess: ({ workspaces }) => window.location.assign(next ?? homeOf(workspaces)),
    }),
  );
  return (
    <form
      noValidate
      aria-label="Enter a code"
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate({ code: String(new FormData(event.currentTarget).get("code")) });
      }}
    >
      <FormAlert>{formError(confirm.error, ["code"])}</FormAlert>
      <CodeField
        autoFocus
        hint="From your authenticator app. If you do not have it, enter one of your recovery codes."
        error={fieldError(confirm.error, "code")}
      />
      <Button type="submit" size="lg" pending={confirm.isPending || confirm.isSuccess}>
        Sign in
      </Button>
      <Button type="button" variant="ghost" onClick={onBack}>
        Back to the password
      </Button>
    </form>
  );
}
