"use client";

import { CodeField } from "@leasehold/ui/components/code-field";
import { Field } from "@leasehold/ui/components/field";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { type FormEvent, useState } from "react";
import { giveCode, signIn } from "../../lib/session.ts";

/** The password, and after it a code of who has a second factor. */
export function SignInForm({ next }: { next: string }) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string>();
  const [codeNeeded, setCodeNeeded] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    setPending(true);
    setError(undefined);
    const stay = (problem?: string) => {
      setError(problem);
      setPending(false);
    };
    if (codeNeeded) {
      const problem = await giveCode(String(form.get("code")));
      if (problem) return stay(problem);
      return window.location.assign(next);
    }
    const answer = await signIn(String(form.get("email")), String(form.get("password")));
    if ("problem" in answer) return stay(answer.problem);
    if (!answer.codeNeeded) return window.location.assign(next);
    setCodeNeeded(true);
    stay();
  };
  if (codeNeeded)
    return (
      <form key="code" onSubmit={submit} noValidate aria-label="Enter a code" className="flex flex-col gap-5">
        <CodeField autoFocus hint="From your authenticator app. If you do not have it, enter one of your recovery codes." error={error} />
        <Button type="submit" size="lg" pending={pending}>
          Sign in
        </Button>
        <Button
          type="button"
          variant="ghost"
          onClick={() => {
            setCodeNeeded(false);
            setError(undefined);
          }}
        >
          Back to the password
        </Button>
      </form>
    );
  return (
    <form key="password" onSubmit={submit} noValidate className="flex flex-col gap-5">
      <Field label="Email">
        <Input name="email" type="email" autoComplete="username" autoFocus required />
      </Field>
      <PasswordField name="password" autoComplete="current-password" required error={error} />
      <Button type="submit" size="lg" pending={pending}>
        Sign in
      </Button>
    </form>
  );
}
