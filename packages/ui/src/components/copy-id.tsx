"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { cn } from "../lib/cn.ts";
import { shortenId } from "../lib/format.ts";

export interface CopyIdProps {
  value: string;
  /** What it is, for the accessible name: "tenant id". */
  label?: string;
  /** Shown whole, for a page of its own or a short reference. */
  full?: boolean;
  className?: string;
}

/** An id in mono, shortened in the middle, copied whole when pressed. */
export function CopyId({ value, label = "id", full = false, className }: CopyIdProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  const Mark = copied ? Check : Copy;
  return (
    <span className={cn("inline-flex max-w-full", className)}>
      <button
        type="button"
        title={value}
        onClick={copy}
        className="group inline-flex min-w-0 items-center gap-1.5 rounded-sm font-mono text-muted-foreground text-sm transition-colors hover:text-foreground"
      >
        <span className="sr-only">
          Copy {label} {value}
        </span>
        <span aria-hidden="true" className={cn(full ? "break-all text-left" : "truncate")}>
          {full ? value : shortenId(value)}
        </span>
        <Mark aria-hidden="true" className={cn("size-3.5 shrink-0", copied ? "text-success-text" : "opacity-60 group-hover:opacity-100")} />
      </button>
      <span aria-live="polite" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </span>
  );
}
