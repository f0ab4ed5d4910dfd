import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";

export interface PlanSummary {
  id: string;
  name: string;
  summary: string;
  features: readonly string[];
}

export interface PlanCardProps {
  plan: PlanSummary;
  nameId?: string;
  /** The limits that differ, or a note such as "Approved by a person". */
  note?: ReactNode;
  /** The radio or button at the top. */
  control?: ReactNode;
  footer?: ReactNode;
  className?: string;
}

export function PlanCard({ plan, nameId, note, control, footer, className }: PlanCardProps) {
  return (
    <div className={cn("flex h-full flex-col gap-3 rounded-lg border bg-card p-4 shadow-xs", className)}>
      <div className="flex items-start justify-between gap-3">
        <div>
          <div id={nameId} className="font-semibold">
            {plan.name}
          </div>
          <div className="text-muted-foreground text-sm">{plan.summary}</div>
        </div>
        {control}
      </div>
      <ul className="flex flex-col gap-1 text-sm">
        {plan.features.map((feature) => (
          <li key={feature} className="flex gap-2">
            <Check aria-hidden="true" className="mt-0.75 size-3.5 shrink-0 text-muted-foreground" />
            {feature}
          </li>
        ))}
      </ul>
      {note ? <div className="text-muted-foreground text-sm">{note}</div> : null}
      {footer ? <div className="mt-auto pt-1">{footer}</div> : null}
    </div>
  );
}
