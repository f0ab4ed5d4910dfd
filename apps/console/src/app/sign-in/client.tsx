"use client";

import { Field } from "@leasehold/ui/components/field";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { type FormEvent, useState } from "react";
import { signIn } from "../../lib/session.ts";

export function SignInForm({ next }: { next: string }) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    setPending(true);
    setError(undefined);
    const problem = await signIn(String(form.get("email")), String(form.get("password")));
    if (problem) {
      setError(problem);
      setPending(false);
    } else window.location.assign(next);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
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
