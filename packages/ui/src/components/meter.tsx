import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";
import { formatNumber, formatPercent } from "../lib/format.ts";

export interface MeterProps {
  label: ReactNode;
  used: number;
  limit: number;
  /** How both numbers are written; grouped numbers by default. */
  format?: (value: number) => string;
  /** From which share on it is a warning. */
  warnAt?: number;
  className?: string;
}

/** How much of a limit is used. Amber when near it, red when there is none left. */
export function Meter({ label, used, limit, format = formatNumber, warnAt = 0.8, className }: MeterProps) {
  const share = limit > 0 ? used / limit : 0;
  const tone = share >= 1 ? "bg-danger-solid" : share >= warnAt ? "bg-warning-solid" : "bg-primary";
  const words = share >= 1 ? "text-danger-text" : share >= warnAt ? "text-warning-text" : "text-muted-foreground";
  const name = typeof label === "string" ? label : undefined;
  return (
    <div className={cn("flex min-w-0 flex-col gap-2", className)}>
      <div className="flex items-baseline justify-between gap-4 tabular-nums">
        <span className="truncate font-medium">{label}</span>
        <span className="shrink-0 text-muted-foreground text-sm">
          <span className="text-foreground">{format(used)}</span> of {format(limit)}
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: the native meter cannot be drawn the same in every browser */}
      <div
        role="meter"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={Math.min(used, limit)}
        aria-valuetext={`${format(used)} of ${format(limit)}`}
        className="h-1.5 overflow-hidden rounded-full bg-accent"
      >
        <div className={cn("h-full rounded-full", tone)} style={{ width: `${Math.min(1, share) * 100}%`, minWidth: used > 0 ? 4 : 0 }} />
      </div>
      <span className={cn("text-sm tabular-nums", words)}>{share >= 1 ? "Limit reached" : `${formatPercent(share)} used`}</span>
    </div>
  );
}
