import { Timeline } from "@leasehold/ui/components/timeline";
import { formatCount } from "@leasehold/ui/lib/format";

const dayMs = 86_400_000;

/** What happens when, from now on, were it confirmed now. */
export function WhatHappens({ holdDays, withExport, now }: { holdDays: number; withExport: boolean; now: number }) {
  const end = now + holdDays * dayMs;
  const words = holdDays >= 1 ? formatCount(Math.round(holdDays), "day") : "less than a day";
  return (
    <Timeline
      format="date"
      events={[
        {
          id: "freeze",
          title: "Read-only, at once",
          detail: "Only owners get in. API keys and open links end. Cancelling brings all of it back.",
          at: now,
          tone: "warning",
          planned: true,
        },
        ...(withExport
          ? [{ id: "export", title: "Export", detail: "Everything in open formats, for owners to download.", at: now, planned: true }]
          : []),
        {
          id: "hold",
          title: `Hold of ${words}`,
          detail: "Every owner can cancel up to its last second. Owners get reminders 14, 3 and 1 days before.",
          at: now,
          planned: true,
        },
        {
          id: "end",
          title: "Keys destroyed, everything deleted",
          detail: "Nobody can undo this. Owners get a certificate that anyone can check.",
          at: end,
          planned: true,
        },
      ]}
    />
  );
}
