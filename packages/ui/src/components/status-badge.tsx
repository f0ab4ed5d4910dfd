import type { Tone } from "@leasehold/domain/tenant-states";
import { cn } from "../lib/cn.ts";
import { toneSolid } from "../lib/tone.ts";
import { Badge } from "./ui/badge.tsx";

export interface StatusBadgeProps {
  /** As the domain presents the state: `tenantStatePresentation[state]`. */
  tone: Tone;
  label: string;
  /** Something is going on right now: the mark breathes. */
  live?: boolean;
  className?: string;
}

export function StatusBadge({ tone, label, live = false, className }: StatusBadgeProps) {
  return (
    <Badge variant={tone} className={className}>
      <span aria-hidden="true" className={cn("size-1.5 rounded-full", toneSolid[tone], live && "animate-pulse")} />
      {label}
    </Badge>
  );
}
