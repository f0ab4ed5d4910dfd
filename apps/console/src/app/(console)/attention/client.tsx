"use client";

import { EmptyState } from "@leasehold/ui/components/empty-state";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { Section } from "@leasehold/ui/components/section";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { RequestError } from "../../../components/request-error.tsx";
import { useTRPC } from "../../../trpc/client.tsx";
import { AttentionCard } from "./attention-card.tsx";
import { GivenUpMail } from "./given-up-mail.tsx";
import { SecondFactorResets } from "./second-factor-resets.tsx";
import { UnreadableKeys } from "./unreadable-keys.tsx";

export function AttentionInbox() {
  const trpc = useTRPC();
  const inbox = useQuery(trpc.operations.attention.queryOptions());
  // What the sections beside the operations ask for: the inbox is empty when they are as well.
  const { data: mails = [] } = useQuery(trpc.operations.givenUpMail.queryOptions(undefined, { refetchInterval: 60_000 }));
  const { data: keys = [] } = useQuery(trpc.operations.unreadableKeys.queryOptions());
  const { data: resets = [] } = useQuery(trpc.secondFactors.waiting.queryOptions(undefined, { refetchInterval: 30_000 }));
  const parked = inbox.data?.filter((item) => item.state === "NEEDS_ATTENTION") ?? [];
  const running = inbox.data?.filter((item) => item.state === "RUNNING") ?? [];
  const approvals = inbox.data?.filter((item) => item.state === "AWAITING_APPROVAL") ?? [];
  return (
    <>
      <PageHeader title="Needs attention" description="What waits for an operator, oldest first. Everything else runs by itself." />
      <UnreadableKeys />
      <SecondFactorResets />
      {inbox.error && !inbox.data ? (
        <RequestError what="The inbox" error={inbox.error} onRetry={() => inbox.refetch()} retrying={inbox.isFetching} />
      ) : !inbox.data ? (
        <Skeleton className="h-56 w-full" />
      ) : inbox.data.length + mails.length + keys.length + resets.length === 0 ? (
        <div className="rounded-lg border bg-card shadow-xs">
          <EmptyState
            icon={CircleCheck}
            title="Nothing waits for you"
            description="Parked operations and approvals appear here by themselves."
          />
        </div>
      ) : (
        <>
          {parked.length > 0 ? (
            <Section
              title={`Parked operations (${parked.length})`}
              description="A step failed for good. The operation keeps what it has made and waits."
            >
              {parked.map((item) => (
                <AttentionCard key={item.operationId} item={item} />
              ))}
            </Section>
          ) : null}
          {running.length > 0 ? (
            <Section
              title={`Running with a notice (${running.length})`}
              description="These go on by themselves; somebody has to look at what they name."
            >
              {running.map((item) => (
                <AttentionCard key={item.operationId} item={item} />
              ))}
            </Section>
          ) : null}
          {approvals.length > 0 ? (
            <Section
              title={`Approvals (${approvals.length})`}
              description="Sign-ups for a plan with its own stack, and tenants that an operator wants to close. Nothing has been done yet."
            >
              {approvals.map((item) => (
                <AttentionCard key={item.operationId} item={item} />
              ))}
            </Section>
          ) : null}
        </>
      )}
      <GivenUpMail />
    </>
  );
}
