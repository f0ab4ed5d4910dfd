"use client";

import { cn } from "../lib/cn.ts";
import { type DateInput, formatDate, formatDateTime, formatRelative, formatUtc, formatZone } from "../lib/format.ts";
import { useNow } from "../lib/use-now.ts";
import { Tooltip, TooltipContent, TooltipTrigger } from "./ui/tooltip.tsx";

export interface RelativeTimeProps {
  value: DateInput;
  /** `relative` (under a week), or always the date with or without its time. */
  format?: "relative" | "date-time" | "date";
  /** Names the reader's zone behind it, where a deadline hangs on it. */
  withZone?: boolean;
  className?: string;
}

/** A moment in the reader's own zone, with the UTC in a tooltip. Server and first render show the same UTC text. */
export function RelativeTime({ value, format = "relative", withZone = false, className }: RelativeTimeProps) {
  const now = useNow(format === "relative" ? 30_000 : undefined, new Date(value).getTime());
  const zone = now === undefined ? "UTC" : undefined;
  const absolute = format === "date" ? formatDate(value, zone) : formatDateTime(value, zone);
  const text = (format === "relative" && now !== undefined && formatRelative(value, now)) || absolute;
  return (
    <Tooltip>
      <TooltipTrigger asChild>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the tooltip's text has to be reachable by keyboard */}
        <time tabIndex={0} dateTime={new Date(value).toISOString()} className={cn("whitespace-nowrap rounded-sm", className)}>
          {text}
          {withZone ? ` ${formatZone(value, zone)}` : null}
        </time>
      </TooltipTrigger>
      <TooltipContent>
        <span className="block">{formatDateTime(value, zone)}</span>
        <span className="block font-mono">{formatUtc(value)}</span>
      </TooltipContent>
    </Tooltip>
  );
}
