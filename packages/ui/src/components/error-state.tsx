"use client";

import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";
import { CopyId } from "./copy-id.tsx";
import { Button } from "./ui/button.tsx";

export interface ErrorStateProps {
  /** What happened. */
  title: ReactNode;
  /** What it means for the reader. */
  meaning?: ReactNode;
  /** What to do. */
  remedy?: ReactNode;
  requestId?: string;
  onRetry?: () => void;
  retrying?: boolean;
  action?: ReactNode;
  className?: string;
}

export function ErrorState({ title, meaning, remedy, requestId, onRetry, retrying, action, className }: ErrorStateProps) {
  return (
    <div role="alert" className={cn("flex gap-3 rounded-lg border bg-card p-5 shadow-xs", className)}>
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-danger-text" />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="font-medium">{title}</p>
        {meaning ? <p className="text-muted-foreground">{meaning}</p> : null}
        {remedy ? <p className="text-muted-foreground">{remedy}</p> : null}
        {onRetry || action || requestId ? (
          <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
            {onRetry ? (
              <Button variant="secondary" size="sm" onClick={onRetry} pending={retrying}>
                Try again
              </Button>
            ) : null}
            {action}
            {requestId ? (
              <span className="flex min-w-0 items-center gap-2 text-muted-foreground text-sm">
                Request <CopyId value={requestId} label="request id" />
              </span>
            ) : null}
          </div>
        ) : null}
      </div>
    </div>
  );
}
