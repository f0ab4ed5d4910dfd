"use client";

import { type DateInput, formatRemaining } from "../lib/format.ts";
import { useNow } from "../lib/use-now.ts";

const dayMs = 86_400_000;

/** How long it is until a moment; to the second in the last day. Empty on the server and in the first render. */
export function Countdown({ until, className }: { until: DateInput; className?: string }) {
  const end = new Date(until).getTime();
  const coarse = useNow(60_000);
  const last = coarse !== undefined && end - coarse < dayMs + 60_000;
  const fine = useNow(last ? 1_000 : undefined);
  const now = last ? (fine ?? coarse) : coarse;
  return (
    <span role="timer" aria-live="off" className={className}>
      {now === undefined ? "" : formatRemaining(end - now)}
    </span>
  );
}
