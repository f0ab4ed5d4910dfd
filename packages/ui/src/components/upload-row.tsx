"use client";

import { Check, RotateCw, X } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";
import { formatBytes } from "../lib/format.ts";
import { FileIcon } from "./file-icon.tsx";
import { Button } from "./ui/button.tsx";
import { Progress } from "./ui/progress.tsx";

export interface UploadRowProps {
  name: string;
  contentType: string;
  sizeBytes: number;
  sentBytes: number;
  state: "queued" | "sending" | "stored" | "failed";
  error?: ReactNode;
  /** Beneath the name: where it goes, when that is not to be seen. */
  detail?: ReactNode;
  onCancel?: () => void;
  onRetry?: () => void;
  className?: string;
}

export function UploadRow({ name, contentType, sizeBytes, sentBytes, state, error, detail, onCancel, onRetry, className }: UploadRowProps) {
  const words = {
    queued: "Waiting",
    sending: `${formatBytes(sentBytes)} of ${formatBytes(sizeBytes)}`,
    stored: formatBytes(sizeBytes),
    failed: error ?? "Not stored. Try again.",
  }[state];
  return (
    <li className={cn("flex min-h-14 items-center gap-3 px-4 py-2", className)}>
      <FileIcon contentType={contentType} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex min-w-0 flex-col sm:flex-row sm:items-baseline sm:justify-between sm:gap-3">
          <span className="flex min-w-0 items-baseline gap-2">
            <span className="truncate">{name}</span>
            {detail ? <span className="max-w-1/2 shrink-0 truncate text-muted-foreground text-sm">{detail}</span> : null}
          </span>
          <span className={cn("shrink-0 text-sm tabular-nums", state === "failed" ? "text-danger-text" : "text-muted-foreground")}>
            {words}
          </span>
        </div>
        <Progress
          value={state === "stored" ? sizeBytes : sentBytes}
          max={Math.max(1, sizeBytes)}
          aria-label={`Upload of ${name}`}
          className={cn("h-1", state === "stored" && "opacity-0", state === "failed" && "opacity-40")}
        />
      </div>
      <span className="grid size-8 shrink-0 place-items-center">
        {state === "stored" ? <Check role="img" aria-label="Stored" className="size-4 text-success-text" /> : null}
        {state === "failed" && onRetry ? (
          <Button variant="ghost" size="icon-sm" aria-label={`Upload ${name} again`} onClick={onRetry}>
            <RotateCw aria-hidden="true" />
          </Button>
        ) : null}
        {(state === "queued" || state === "sending") && onCancel ? (
          <Button variant="ghost" size="icon-sm" aria-label={`Cancel the upload of ${name}`} onClick={onCancel}>
            <X aria-hidden="true" />
          </Button>
        ) : null}
      </span>
    </li>
  );
}
