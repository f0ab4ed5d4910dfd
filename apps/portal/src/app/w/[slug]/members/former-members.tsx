"use client";

import { CopyId } from "@leasehold/ui/components/copy-id";
import { EmailAddress } from "@leasehold/ui/components/email-address";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { useQuery } from "@tanstack/react-query";
import { messageOf, requestIdOf } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { ErasePerson } from "./erase-person.tsx";

/** People who left, whom an owner may still erase. Nothing where nobody has left. */
export function FormerMembers({ slug }: { slug: string }) {
  const former = useQuery(useTRPC().erasure.former.queryOptions({ slug }));
  if (former.error)
    return (
      <ErrorState
        title="Former members could not be read"
        meaning={messageOf(former.error)}
        requestId={requestIdOf(former.error)}
        onRetry={() => void former.refetch()}
      />
    );
  if (former.data === undefined || former.data.length === 0) return null;
  return (
    <Section
      title="Former members"
      description="They have no access any more. What they made and what the audit log says about them is still here."
    >
      <ul className="divide-y rounded-lg border bg-card shadow-xs">
        {former.data.map(({ userId, name, email, leftAt }) => (
          <li key={userId} className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
            <span className="flex min-w-0 flex-1 flex-col items-start">
              <span className="font-medium">{name ?? "Somebody whose account is gone"}</span>
              {email === undefined ? (
                <CopyId value={userId} label="id of the person" />
              ) : (
                <EmailAddress value={email} className="text-muted-foreground text-sm" />
              )}
              <span className="text-muted-foreground text-sm">
                left <RelativeTime value={leftAt} />
              </span>
            </span>
            <ErasePerson slug={slug} userId={userId} name={name} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
