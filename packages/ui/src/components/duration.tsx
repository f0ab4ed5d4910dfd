"use client";

import { type DateInput, formatDuration } from "../lib/format.ts";
import { useNow } from "../lib/use-now.ts";

export interface DurationProps {
  start: DateInput;
  /** Without an end it counts on, once a second. */
  end?: DateInput | null;
  className?: string;
}

/** How long something took, or has taken so far. */
export function Duration({ start, end, className }: DurationProps) {
  const open = end === undefined || end === null;
  const now = useNow(open ? 1000 : undefined);
  const until = open ? now : new Date(end).getTime();
  const span = until === undefined ? undefined : Math.max(0, until - new Date(start).getTime());
  const text = span === undefined ? "" : formatDuration(open ? Math.floor(span / 1000) * 1000 : span);
  return <span className={className}>{text === "0 ms" && open ? "0 s" : text.replace(/^(\d)\.0 s$/, open ? "$1 s" : "$1.0 s")}</span>;
}
