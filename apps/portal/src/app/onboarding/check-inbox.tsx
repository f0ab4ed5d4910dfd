"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { PublicHeading } from "../../components/public-frame.tsx";
import { messageOf } from "../../lib/errors.ts";
import { useTRPC } from "../../trpc/client.tsx";

interface CheckInboxProps {
  organizationName: string;
  /** Where development keeps its mail. */
  inboxUrl: string | null;
  expired: boolean;
}

export function CheckInbox({ organizationName, inboxUrl, expired }: CheckInboxProps) {
  const resend = useMutation(
    useTRPC().signUp.resend.mutationOptions({
      onSuccess: () => toast.success("Sent again. Look into your spam folder too."),
      onError: (error) => toast.error(messageOf(error)),
    }),
  );
  if (expired)
    return (
      <>
        <PublicHeading title="The link has expired">
          Your e-mail was not confirmed within a day, so nothing was created and the address is free again.
        </PublicHeading>
        <div>
          <Button asChild size="lg">
            <Link href="/sign-up">Sign up again</Link>
          </Button>
        </div>
      </>
    );
  return (
    <>
      <PublicHeading title="Check your inbox">
        We sent you a link that proves the address is yours. {organizationName} is created as soon as you open it; this page goes on by
        itself.
      </PublicHeading>
      <div className="flex flex-wrap items-center gap-2">
        {inboxUrl ? (
          <Button asChild>
            <a href={inboxUrl} target="_blank" rel="noreferrer">
              Open the development inbox
            </a>
          </Button>
        ) : null}
        <Button variant="secondary" pending={resend.isPending} onClick={() => resend.mutate()}>
          Send the mail again
        </Button>
      </div>
      <p className="mt-4 text-muted-foreground text-sm">The link is good for 24 hours. Your address is reserved as long.</p>
    </>
  );
}
