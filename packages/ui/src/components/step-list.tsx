"use client";

import { type StepState, stepStatePresentation } from "@leasehold/domain/operations";
import { Check, CircleDashed, LoaderCircle, Minus, RotateCw, Undo2, X } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";
import type { DateInput } from "../lib/format.ts";
import { toneText } from "../lib/tone.ts";
import { Duration } from "./duration.tsx";

export interface Step {
  id: string;
  /** In the reader's words: "Creating your encryption key". */
  label: string;
  state: StepState;
  startedAt?: DateInput | null;
  endedAt?: DateInput | null;
  /** Why it waits or failed, attempts, a link to the run. */
  detail?: ReactNode;
}

const icons: Record<StepState, typeof Check> = {
  PENDING: CircleDashed,
  RUNNING: LoaderCircle,
  RETRYING: RotateCw,
  SUCCEEDED: Check,
  FAILED: X,
  UNDOING: Undo2,
  UNDONE: Undo2,
  SKIPPED: Minus,
};

const running: readonly StepState[] = ["RUNNING", "RETRYING", "UNDOING"];

function StepRow({ step }: { step: Step }) {
  const presentation = stepStatePresentation[step.state];
  const Icon = icons[step.state];
  const active = running.includes(step.state);
  const said = step.state !== "SUCCEEDED" && step.state !== "PENDING";
  const quiet = step.state === "PENDING" || step.state === "SKIPPED" || step.state === "UNDONE";
  return (
    <li aria-current={active ? "step" : undefined} className={cn("flex min-h-11 items-start gap-3 px-4 py-3", active && "bg-muted/60")}>
      <Icon
        aria-hidden="true"
        strokeWidth={2.25}
        className={cn("mt-0.5 size-4 shrink-0", toneText[presentation.tone], step.state === "RUNNING" && "animate-spin")}
      />
      <div className="min-w-0 flex-1">
        <span className={cn(active && "font-medium", quiet && "text-muted-foreground")}>{step.label}</span>
        {active || step.state === "FAILED" ? (
          <div className={cn("text-sm sm:hidden", toneText[presentation.tone])}>{presentation.label}</div>
        ) : null}
        {step.detail ? <div className="text-muted-foreground text-sm">{step.detail}</div> : null}
      </div>
      <span className={cn("shrink-0 text-sm max-sm:hidden", said ? toneText[presentation.tone] : "sr-only")}>{presentation.label}</span>
      {step.startedAt && step.state !== "PENDING" ? (
        <Duration
          start={step.startedAt}
          end={active ? null : step.endedAt}
          className="w-20 shrink-0 whitespace-nowrap text-right text-muted-foreground text-sm tabular-nums"
        />
      ) : (
        <span className="w-20 shrink-0 max-sm:hidden" />
      )}
    </li>
  );
}

/** The steps of an operation as they run. Only the change of the running step is announced, not every tick. */
export function StepList({ steps, label = "Steps", className }: { steps: readonly Step[]; label?: string; className?: string }) {
  const current = steps.find((step) => running.includes(step.state)) ?? steps.find((step) => step.state === "FAILED");
  const done = steps.filter((step) => step.state === "SUCCEEDED" || step.state === "SKIPPED").length;
  const announcement = current
    ? `${current.label}: ${stepStatePresentation[current.state].label}. ${done} of ${steps.length} done.`
    : `${done} of ${steps.length} done.`;
  return (
    <div className={className}>
      <ol aria-label={label} className="divide-y overflow-hidden rounded-lg border bg-card shadow-xs">
        {steps.map((step) => (
          <StepRow key={step.id} step={step} />
        ))}
      </ol>
      <p aria-live="polite" className="sr-only">
        {announcement}
      </p>
    </div>
  );
}
