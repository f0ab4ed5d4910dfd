import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";
import { Skeleton } from "./ui/skeleton.tsx";

export interface StatTileProps {
  label: ReactNode;
  value: ReactNode;
  /** What the number means or how it changed. */
  detail?: ReactNode;
  /** A small chart or badge at the end of the label's line. */
  aside?: ReactNode;
  loading?: boolean;
  className?: string;
}

export function StatTile({ label, value, detail, aside, loading = false, className }: StatTileProps) {
  return (
    <div className={cn("flex min-w-0 flex-col gap-1 rounded-lg border bg-card px-4 py-3.5 shadow-xs", className)}>
      <div className="flex min-h-5 items-center justify-between gap-2 text-muted-foreground text-sm">
        <span className="truncate">{label}</span>
        {aside}
      </div>
      <div className="flex h-8 items-center truncate font-semibold text-2xl tabular-nums">
        {loading ? <Skeleton className="h-6 w-20" /> : value}
      </div>
      {detail || loading ? (
        <div className="min-h-5 text-muted-foreground text-sm">{loading ? <Skeleton className="mt-1 h-3 w-28" /> : detail}</div>
      ) : null}
    </div>
  );
}
