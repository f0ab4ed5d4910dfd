"use client";

import { PasswordField } from "@leasehold/ui/components/password-field";
import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { FormAlert } from "../../components/form-alert.tsx";
import { fieldError, formError, reasonOf } from "../../lib/errors.ts";
import { passwordHint } from "../../lib/password-hint.ts";
import { useTRPC } from "../../trpc/client.tsx";

export function ResetPasswordForm({ token }: { token: string }) {
  const router = useRouter();
  const reset = useMutation(useTRPC().session.resetPassword.mutationOptions({ onSuccess: () => router.replace("/sign-in?changed=1") }));
  const over = reasonOf(reset.error) === "reset-expired";
  return (
    <form
      noValidate
      aria-label="Choose a new password"
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        reset.mutate({ token: token || "-", password: String(new FormData(event.currentTarget).get("password")) });
      }}
    >
      <FormAlert>{formError(reset.error, ["password"])}</FormAlert>
      {over ? null : (
        <PasswordField
          label="New password"
          name="password"
          autoComplete="new-password"
          required
          hint={passwordHint}
          error={fieldError(reset.error, "password")}
        />
      )}
      {over ? (
        <Button asChild size="lg">
          <Link href="/forgot-password">Ask for a new link</Link>
        </Button>
      ) : (
        <Button type="submit" size="lg" pending={reset.isPending || reset.isSuccess}>
          Change password
        </Button>
      )}
    </form>
  );
}
