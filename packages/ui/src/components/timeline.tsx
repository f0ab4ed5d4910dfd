import type { Tone } from "@leasehold/domain/tenant-states";
import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";
import type { DateInput } from "../lib/format.ts";
import { toneSolid } from "../lib/tone.ts";
import { RelativeTime } from "./relative-time.tsx";

export interface TimelineEvent {
  id: string;
  title: ReactNode;
  detail?: ReactNode;
  at: DateInput;
  tone?: Tone;
  /** Still to come: drawn hollow. */
  planned?: boolean;
}

export interface TimelineProps {
  events: readonly TimelineEvent[];
  /** How the moments are written. */
  format?: "relative" | "date-time" | "date";
  className?: string;
}

export function Timeline({ events, format = "relative", className }: TimelineProps) {
  return (
    <ol className={cn("flex flex-col", className)}>
      {events.map((event) => (
        <li key={event.id} className="group relative flex gap-3 pb-5 last:pb-0">
          <span aria-hidden="true" className="absolute top-5 bottom-0 left-[5.5px] w-px bg-border group-last:hidden" />
          <span
            aria-hidden="true"
            className={cn(
              "mt-1 size-3 shrink-0 rounded-full border-2 border-card",
              event.planned ? "border-input bg-transparent" : toneSolid[event.tone ?? "neutral"],
            )}
          />
          <div className="flex min-w-0 flex-1 items-baseline justify-between gap-x-4">
            <div className="min-w-0">
              <span className={cn("font-medium", event.planned && "text-muted-foreground")}>{event.title}</span>
              {event.detail ? <div className="text-muted-foreground text-sm">{event.detail}</div> : null}
            </div>
            <RelativeTime value={event.at} format={format} className="shrink-0 text-muted-foreground text-sm" />
          </div>
        </li>
      ))}
    </ol>
  );
}
