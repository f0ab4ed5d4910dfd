"use client";

import { Field } from "@leasehold/ui/components/field";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { FormAlert } from "../../components/form-alert.tsx";
import { fieldError, formError } from "../../lib/errors.ts";
import { homeOf } from "../../lib/home-of.ts";
import { useTRPC } from "../../trpc/client.tsx";
import { CodeForm } from "./code-form.tsx";

export function SignInForm({ next }: { next: string | undefined }) {
  const signIn = useMutation(
    useTRPC().session.signIn.mutationOptions({
      // A whole load, so that nothing of the signed-out pages stays in memory.
      onSuccess: (answer) => {
        if (!answer.codeNeeded) window.location.assign(next ?? homeOf(answer.workspaces));
      },
    }),
  );
  if (signIn.data?.codeNeeded) return <CodeForm next={next} userId={signIn.data.userId} onBack={signIn.reset} />;
  return (
    <form
      noValidate
      aria-label="Sign in"
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        signIn.mutate({ email: String(form.get("email")), password: String(form.get("password")) });
      }}
    >
      <FormAlert>{formError(signIn.error, ["email", "password"])}</FormAlert>
      <Field label="Work email" error={fieldError(signIn.error, "email")}>
        <Input name="email" type="email" autoComplete="username" required maxLength={254} />
      </Field>
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        required
        error={fieldError(signIn.error, "password")}
        aside={
          <Link href="/forgot-password" className="text-primary-text underline-offset-4 hover:underline">
            Forgot your password?
          </Link>
        }
      />
      <Button type="submit" size="lg" pending={signIn.isPending || signIn.isSuccess}>
        Sign in
      </Button>
      <p className="text-center text-muted-foreground text-sm">
        New here?{" "}
        <Link href="/sign-up" className="text-primary-text underline underline-offset-4">
          Create a workspace
        </Link>
      </p>
    </form>
  );
}
