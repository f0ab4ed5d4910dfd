"use client";

import { operationStatePresentation } from "@leasehold/domain/operations";
import { suspensionPresentation } from "@leasehold/domain/suspension/kinds";
import { Timeline, type TimelineEvent } from "@leasehold/ui/components/timeline";
import type { SuspensionRecord } from "./suspension-section.tsx";

/** Who suspended and resumed the tenant, why, and what became of it, newest first. */
export function SuspensionHistory({ records }: { records: readonly SuspensionRecord[] }) {
  return <Timeline events={records.map(toEvent)} format="date-time" />;
}

function toEvent({ operationId, action, kind, reason, requestedBy, requestedAt, effectiveAt, state }: SuspensionRecord): TimelineEvent {
  const what = action === "suspend" ? `Suspended: ${kind ? suspensionPresentation[kind].label.toLowerCase() : ""}` : "Resumed";
  const title = effectiveAt === null ? `${what} (${operationStatePresentation[state].label.toLowerCase()})` : what;
  return {
    id: operationId,
    at: requestedAt,
    title,
    tone: action === "suspend" ? "warning" : "success",
    detail: `${reason} · ${requestedBy.split(":")[1] ?? requestedBy}`,
  };
}
