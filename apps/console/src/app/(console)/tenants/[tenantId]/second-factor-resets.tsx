"use client";

import type { ResetState } from "@leasehold/domain/second-factor-resets";
import { Section } from "@leasehold/ui/components/section";
import { Timeline } from "@leasehold/ui/components/timeline";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../../../trpc/client.tsx";

const titles: Record<ResetState, string> = {
  waiting: "Waits for a second operator",
  approved: "Approved: it is being done",
  removed: "Second factor removed",
  none: "Approved, and there was no second factor",
  rejected: "Rejected",
  expired: "Void: nobody decided in seven days",
  left: "Void: the person left the tenant first",
};

/** What operators asked for about second factors in a tenant, and what became of it; nothing where there is none. */
export function SecondFactorResets({ tenantId }: { tenantId: string }) {
  const { data: resets = [] } = useQuery(
    useTRPC().secondFactors.ofTenant.queryOptions(
      { tenantId },
      { refetchInterval: ({ state }) => (state.data?.some((reset) => reset.state === "approved") ? 2_000 : false) },
    ),
  );
  if (resets.length === 0) return null;
  return (
    <Section title="Resets of second factors" description="Whose it was is forgotten when it is over; the tenant’s audit log says it.">
      <div className="rounded-lg border bg-card p-5 shadow-xs">
        <Timeline
          format="date-time"
          events={resets.map(({ resetId, state, reason, decisionReason, requestedAt }) => ({
            id: resetId,
            title: titles[state],
            detail: <span className="break-words">{decisionReason === null ? reason : `${reason} · Decision: ${decisionReason}`}</span>,
            at: requestedAt,
          }))}
        />
      </div>
    </Section>
  );
}
