"use client";

import { reminderDays } from "@leasehold/domain/offboarding/hold";
import { holdChangeLabels } from "@leasehold/domain/offboarding/hold-labels";
import { Countdown } from "@leasehold/ui/components/countdown";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { Timeline, type TimelineEvent } from "@leasehold/ui/components/timeline";
import { formatCount } from "@leasehold/ui/lib/format";
import { useNow } from "@leasehold/ui/lib/use-now";
import type { ReactNode } from "react";
import type { Closing } from "../../../../../lib/use-closing.ts";

const dayMs = 86_400_000;
const sides = { owner: "by an owner", leasehold: "by Leasehold", time: "" } as const;

/** The hold as a timeline with its end, and what owners decide about it. */
export function HoldCard({ closing, actions }: { closing: Closing; actions: ReactNode }) {
  const now = useNow(30_000);
  return (
    <Section title="Hold">
      <div className="flex flex-col gap-6 rounded-lg border bg-card p-5 shadow-xs">
        <End closing={closing} />
        {actions}
        <Timeline format="date-time" events={now === undefined ? [] : eventsOf(closing, now)} />
      </div>
    </Section>
  );
}

function End({ closing: { hold, holdDays, legalHolds, cancelledAt } }: { closing: Closing }) {
  if (cancelledAt !== null) return <p>The closing was cancelled, and everything is being put back as it was.</p>;
  const paused =
    legalHolds.open === 0 ? null : (
      <p className="rounded-lg border border-warning-solid/50 bg-warning-soft px-4 py-3 text-warning-text">
        Paused by a legal hold
        {legalHolds.since === null ? null : (
          <>
            {" "}
            since <RelativeTime value={legalHolds.since} format="date-time" />
          </>
        )}
        . Nothing is deleted until it is released, even when the hold is over. You can still cancel.
      </p>
    );
  if (hold === null)
    return (
      <>
        <p>
          It has not begun yet: the workspace is being made read-only, and exported if you asked for that. It lasts{" "}
          {holdDays >= 1 ? formatCount(Math.round(holdDays), "day") : "less than a day"} from then on.
        </p>
        {paused}
      </>
    );
  return (
    <>
      <dl className="grid gap-4 sm:grid-cols-2">
        <div>
          <dt className="text-muted-foreground text-sm">Ends</dt>
          <dd className="font-semibold text-lg">
            <RelativeTime value={hold.endsAt} format="date-time" withZone />
          </dd>
        </div>
        <div>
          <dt className="text-muted-foreground text-sm">{legalHolds.open > 0 ? "Left, were it not paused" : "Left"}</dt>
          <dd className="min-h-7 font-semibold text-lg tabular-nums">
            <Countdown until={hold.endsAt} />
          </dd>
        </div>
      </dl>
      {paused}
    </>
  );
}

/** What happened, then what is to come: reminders and the end. */
function eventsOf({ requestedAt, requestedBy, changes, hold, cancelledAt }: Closing, now: number): TimelineEvent[] {
  const past: TimelineEvent[] = [
    { id: "requested", title: "The closing was asked for", detail: sides[requestedBy], at: requestedAt, tone: "warning" },
    ...changes.map(
      ({ changeId, kind, by, endsAt, at }): TimelineEvent => ({
        id: changeId,
        title: holdChangeLabels[kind],
        detail: (
          <>
            {sides[by]}
            {endsAt !== null && kind !== "cancelled" && kind !== "shorten-withdrawn" ? (
              <>
                {sides[by] ? ", " : ""}to end on <RelativeTime value={endsAt} format="date-time" />
              </>
            ) : null}
          </>
        ),
        at,
        tone: kind === "cancelled" ? "success" : "info",
      }),
    ),
  ];
  if (hold === null || cancelledAt !== null) return past;
  const { beganAt, endsAt } = hold;
  const reminders = reminderDays
    .map((days) => ({ days, at: endsAt.getTime() - days * dayMs }))
    .filter(({ at }) => at > now && at > beganAt.getTime())
    .map(
      ({ days, at }): TimelineEvent => ({
        id: `in-${days}`,
        title: `Owners are reminded, ${formatCount(days, "day")} before`,
        at,
        planned: true,
      }),
    );
  return [
    ...past,
    ...reminders,
    {
      id: "end",
      title: "Keys destroyed, everything deleted",
      detail: "Cancelling is possible up to this moment.",
      at: endsAt,
      planned: true,
    },
  ];
}
