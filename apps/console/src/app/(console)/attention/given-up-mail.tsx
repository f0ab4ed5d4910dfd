"use client";

import { CopyId } from "@leasehold/ui/components/copy-id";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "../../../trpc/client.tsx";
import { SendAgain } from "./send-again.tsx";

const reasons: Record<string, string> = {
  "template-unknown": "there is no such mail in the portal that runs",
  "props-malformed": "what it was asked for with does not fit it",
};

/** Mails to owners that nobody can write; nothing where there is none. */
export function GivenUpMail() {
  const { data: mails = [] } = useQuery(useTRPC().operations.givenUpMail.queryOptions(undefined, { refetchInterval: 60_000 }));
  if (mails.length === 0) return null;
  return (
    <Section
      title={`Mails that will not be sent (${mails.length})`}
      description="Their owners were not told. It is a fault of ours: report the reference, and send them again once it is mended. Tell the owners yourself where it matters. Shown for 30 days."
    >
      <ul className="divide-y rounded-lg border bg-card shadow-xs">
        {mails.map(({ tenantId, tenantName, requestKey, template, failure, failedAt }) => (
          <li key={`${tenantId} ${requestKey}`} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
            <Link href={`/tenants/${tenantId}`} className="min-w-0 break-words rounded-sm font-medium hover:underline">
              {tenantName}
            </Link>
            <span className="min-w-0">
              “{template.replaceAll("-", " ")}”: {reasons[failure] ?? failure}
            </span>
            <CopyId value={requestKey} label="reference of the mail" />
            <RelativeTime value={failedAt} className="text-muted-foreground text-sm" />
            <SendAgain tenantId={tenantId} requestKey={requestKey} what={`${template.replaceAll("-", " ")} of ${tenantName}`} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
