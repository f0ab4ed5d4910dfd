"use client";

import { CodeField } from "@leasehold/ui/components/code-field";
import { CopyId } from "@leasehold/ui/components/copy-id";
import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { FormAlert } from "../../components/form-alert.tsx";
import { fieldError, formError } from "../../lib/errors.ts";
import { homeOf } from "../../lib/home-of.ts";
import { useTRPC } from "../../trpc/client.tsx";

/** The second half of signing in: a code of the app, or one that was kept for when it is lost. */
export function CodeForm({ next, userId, onBack }: { next: string | undefined; userId: string | undefined; onBack: () => void }) {
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
      <details className="text-sm">
        <summary className="cursor-pointer rounded-sm text-primary-text">Lost the app and the recovery codes?</summary>
        <p className="mt-2 text-muted-foreground">
          Ask whoever runs Leasehold for you, or have an owner of your workspace ask, and give them your id. Two people there make sure that
          it is you before they remove your second factor; then a mail tells you, and you sign in with your password alone and set up a new
          one.
        </p>
        {userId === undefined ? null : (
          <p className="mt-2 flex flex-wrap items-center gap-2">
            Your id: <CopyId value={userId} label="your id" full />
          </p>
        )}
      </details>
    </form>
  );
}
