"use client";

import { type OperationState, operationStatePresentation, type StepState, stepStatePresentation } from "@leasehold/domain/operations";
import type { Tone } from "@leasehold/domain/tenant-states";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { Timeline, type TimelineEvent } from "@leasehold/ui/components/timeline";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { History } from "lucide-react";
import { RequestError } from "../../../../components/request-error.tsx";
import { stepLabel } from "../../../../lib/step-label.ts";
import type { ConsoleRouter } from "../../../../server/router.ts";
import { useTRPC } from "../../../../trpc/client.tsx";

type Entry = inferRouterOutputs<ConsoleRouter>["tenantRecords"]["timeline"][number];

export function TimelineTab({ tenantId }: { tenantId: string }) {
  const trpc = useTRPC();
  const timeline = useQuery(trpc.tenantRecords.timeline.queryOptions({ tenantId }));
  if (timeline.error && !timeline.data)
    return <RequestError what="The timeline" error={timeline.error} onRetry={() => timeline.refetch()} />;
  if (!timeline.data) return <Skeleton className="h-64 w-full" />;
  if (timeline.data.length === 0)
    return <EmptyState icon={History} title="Nothing has happened yet" description="Operations, their steps and commands appear here." />;
  return (
    <div className="rounded-lg border bg-card p-5 shadow-xs">
      <Timeline events={timeline.data.map(toEvent)} format="date-time" />
    </div>
  );
}

function toEvent(entry: Entry): TimelineEvent {
  const { title, tone } = describe(entry);
  const detail = [entry.code, entry.actor?.split(":")[0]].filter(Boolean).join(" · ");
  return { id: entry.id, at: entry.at, title, tone, detail: detail || undefined };
}

// A moment that has passed asks nobody to act, so nothing here is red.
const calm = (tone: Tone): Tone => (tone === "danger" ? "warning" : tone);

function describe(entry: Entry): { title: string; tone: Tone } {
  switch (entry.kind) {
    case "operation": {
      const { label, tone } = operationStatePresentation[entry.what as OperationState];
      return {
        title: `Operation: ${label.toLowerCase()}${entry.step ? ` at “${stepLabel(entry.of, entry.step)}”` : ""}`,
        tone: calm(tone),
      };
    }
    case "step": {
      const { label, tone } = stepStatePresentation[entry.what as StepState];
      return { title: `${stepLabel(entry.of, entry.step ?? "")}: ${label.toLowerCase()}`, tone: calm(tone) };
    }
    case "command":
      return { title: `Command: ${entry.what}${entry.step ? ` at “${stepLabel(entry.of, entry.step)}”` : ""}`, tone: "info" };
    case "fact":
      return { title: entry.what, tone: "success" };
  }
}
