"use client";

import { CopyId } from "@leasehold/ui/components/copy-id";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type Decided, SecondOperator } from "../../../components/second-operator.tsx";
import { useDecided } from "../../../components/use-decided.ts";
import { useTRPC } from "../../../trpc/client.tsx";

/** Second factors that an operator wants taken away; nothing where there is none. */
export function SecondFactorResets() {
  const decided = useDecided();
  const trpc = useTRPC();
  const { data: waiting = [] } = useQuery(trpc.secondFactors.waiting.queryOptions(undefined, { refetchInterval: 30_000 }));
  const decide = useMutation(trpc.secondFactors.decide.mutationOptions());
  if (waiting.length === 0) return null;
  return (
    <Section
      title={`Resets of second factors (${waiting.length})`}
      description="Somebody has lost the app and the recovery codes. Look at how they were identified: whoever is let in needs nothing but the password. Void after seven days."
    >
      {waiting.map(({ tenantId, tenantName, resetId, userId, reason, requestedAt, ownRequest }) => (
        <article
          key={resetId}
          aria-label={`Second factor of a person of ${tenantName}`}
          className="flex flex-col gap-2 rounded-lg border bg-card p-4 shadow-xs"
        >
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Link href={`/tenants/${tenantId}?tab=people`} className="min-w-0 break-words rounded-sm font-medium hover:underline">
              {tenantName}
            </Link>
            {userId === null ? null : <CopyId value={userId} label="person's id" />}
            <span className="flex gap-1 text-muted-foreground text-sm">
              asked for <RelativeTime value={requestedAt} />
            </span>
          </div>
          <p className="break-words">{reason}</p>
          <SecondOperator
            scope="second-factors:reset"
            tenantName={tenantName}
            ownRequest={ownRequest}
            approve={{
              button: "Approve",
              label: `Approve the reset of a second factor in ${tenantName}`,
              title: "Take this second factor away?",
              description:
                "It is gone within seconds with its recovery codes, they are signed out everywhere, and a mail tells them. Until they set up a new one, their password alone lets somebody in.",
              actionLabel: "Take it away",
            }}
            reject={{
              label: `Reject the reset of a second factor in ${tenantName}`,
              title: "Leave this second factor?",
              description: "It stays as it is. It can be asked for again.",
            }}
            onDecide={async (decision: "approve" | "reject", { reason: because }: Decided) => {
              await decide.mutateAsync({ tenantId, resetId, decision, reason: because });
              await decided(decision === "approve" ? "Approved: it is gone within seconds" : "Rejected: the second factor stays");
            }}
          />
        </article>
      ))}
    </Section>
  );
}
