"use client";

import { Field } from "@leasehold/ui/components/field";
import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { useMutation } from "@tanstack/react-query";
import { FormAlert } from "../../components/form-alert.tsx";
import { fieldError, formError } from "../../lib/errors.ts";
import { useTRPC } from "../../trpc/client.tsx";

export function ForgotPasswordForm({ inboxUrl }: { inboxUrl: string | null }) {
  const request = useMutation(useTRPC().session.requestReset.mutationOptions());
  if (request.isSuccess)
    return (
      <div role="status" className="flex flex-col items-start gap-3">
        <p>If the address has an account, the mail is on its way. Look into your spam folder too.</p>
        {inboxUrl ? (
          <Button asChild variant="secondary">
            <a href={inboxUrl} target="_blank" rel="noreferrer">
              Open the development inbox
            </a>
          </Button>
        ) : null}
      </div>
    );
  return (
    <form
      noValidate
      aria-label="Reset your password"
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        request.mutate({ email: String(new FormData(event.currentTarget).get("email")) });
      }}
    >
      <FormAlert>{formError(request.error, ["email"])}</FormAlert>
      <Field label="Work email" error={fieldError(request.error, "email")}>
        <Input name="email" type="email" autoComplete="username" required maxLength={254} />
      </Field>
      <Button type="submit" size="lg" pending={request.isPending}>
        Send the link
      </Button>
    </form>
  );
}
