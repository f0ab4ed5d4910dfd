"use client";

import { PasswordField } from "@leasehold/ui/components/password-field";
import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { FormAlert } from "../../components/form-alert.tsx";
import { PublicHeading } from "../../components/public-frame.tsx";
import { fieldError, formError, reasonOf } from "../../lib/errors.ts";
import { passwordHint } from "../../lib/password-hint.ts";
import { useFocusInvalid } from "../../lib/use-focus-invalid.ts";
import { useTRPC } from "../../trpc/client.tsx";

interface VerifyEmailProps {
  token: string;
  automatic: boolean;
  asksPassword: boolean;
}

/**
 * Goes on by itself in the browser that signed up. In any other, somebody else may have asked in the reader's name:
 * there it says so, and the reader chooses the password.
 */
export function VerifyEmail({ token, automatic, asksPassword }: VerifyEmailProps) {
  const router = useRouter();
  const [password, setPassword] = useState("");
  const confirm = useMutation(
    useTRPC().signUp.confirm.mutationOptions({ onSuccess: ({ slug }) => router.replace(`/onboarding?workspace=${slug}`) }),
  );
  const started = useRef(false);
  useEffect(() => {
    if (!automatic || started.current || token === "") return;
    started.current = true;
    confirm.mutate({ token });
  }, [automatic, confirm, token]);
  const form = useRef<HTMLFormElement>(null);
  useFocusInvalid(form, confirm.error);
  // The page may be older than the account it speaks of: the server says what it needs.
  const needsPassword = asksPassword || reasonOf(confirm.error)?.startsWith("password-") === true;
  const over = reasonOf(confirm.error) === "sign-up-expired";
  if (token === "")
    return (
      <PublicHeading title="This link is not complete">
        Mail programs break long links now and then. Open the link in the mail again, or copy all of it into the address bar.
      </PublicHeading>
    );
  if (over)
    return (
      <div role="alert">
        <PublicHeading title="This link opens nothing any more">
          It has expired, or is not the whole link of the mail. Nothing was created for it, and its address is free again.
        </PublicHeading>
        <Button asChild size="lg">
          <Link href="/sign-up">Sign up again</Link>
        </Button>
      </div>
    );
  return (
    <>
      <PublicHeading title="Confirm your e-mail">{wordsFor(automatic, needsPassword)}</PublicHeading>
      <form
        ref={form}
        noValidate
        aria-label="Confirm your e-mail"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!confirm.isPending && !confirm.isSuccess) confirm.mutate({ token, ...(needsPassword ? { password } : {}) });
        }}
      >
        <FormAlert>{formError(confirm.error, ["password"])}</FormAlert>
        {needsPassword ? (
          <PasswordField
            label="Password"
            name="password"
            autoComplete="new-password"
            required
            hint={passwordHint}
            error={fieldError(confirm.error, "password")}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        ) : null}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" size="lg" pending={confirm.isPending || confirm.isSuccess}>
            Confirm e-mail
          </Button>
        </div>
      </form>
    </>
  );
}

function wordsFor(automatic: boolean, needsPassword: boolean): string {
  if (automatic) return "This proves that the address is yours; your workspace is created right after.";
  const caution = "Go on only if you asked for this workspace yourself.";
  if (needsPassword) return `${caution} This is not the browser in which it was asked for, so choose the password of your account here.`;
  return `${caution} It becomes yours, and you sign in with the password that you have.`;
}
