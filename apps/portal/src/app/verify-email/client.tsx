"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { FormAlert } from "../../components/form-alert.tsx";
import { PublicHeading } from "../../components/public-frame.tsx";
import { messageOf, reasonOf } from "../../lib/errors.ts";
import { useTRPC } from "../../trpc/client.tsx";

/**
 * Goes on by itself in the browser that signed up. In any other, somebody else may have asked in the reader's name:
 * there it says so and waits for the button.
 */
export function VerifyEmail({ token, automatic }: { token: string; automatic: boolean }) {
  const router = useRouter();
  const confirm = useMutation(
    useTRPC().signUp.confirm.mutationOptions({ onSuccess: ({ slug }) => router.replace(`/onboarding?workspace=${slug}`) }),
  );
  const started = useRef(false);
  useEffect(() => {
    if (!automatic || started.current || token === "") return;
    started.current = true;
    confirm.mutate({ token });
  }, [automatic, confirm, token]);
  const over = reasonOf(confirm.error) === "sign-up-expired";
  return (
    <>
      <PublicHeading title="Confirm your e-mail">
        {automatic
          ? "This proves that the address is yours; your workspace is created right after."
          : "Go on only if you asked for this workspace yourself: it opens with the password that was chosen at sign-up."}
      </PublicHeading>
      <div className="flex flex-col gap-4">
        <FormAlert>
          {token === "" ? "This link is not complete. Open it from the mail again." : confirm.error ? messageOf(confirm.error) : undefined}
        </FormAlert>
        <div className="flex flex-wrap gap-2">
          {over ? (
            <Button asChild size="lg">
              <Link href="/sign-up">Sign up again</Link>
            </Button>
          ) : (
            <Button
              size="lg"
              disabled={token === ""}
              pending={confirm.isPending || confirm.isSuccess}
              onClick={() => confirm.mutate({ token })}
            >
              Confirm e-mail
            </Button>
          )}
        </div>
      </div>
    </>
  );
}
