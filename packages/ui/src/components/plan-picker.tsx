"use client";

import { type ReactNode, useId } from "react";
import { cn } from "../lib/cn.ts";
import { PlanCard, type PlanSummary } from "./plan-card.tsx";
import { RadioGroup, RadioGroupItem } from "./ui/radio-group.tsx";

export interface PlanPickerProps {
  plans: readonly PlanSummary[];
  value: string;
  onValueChange: (planId: string) => void;
  name?: string;
  label?: string;
  noteOf?: (plan: PlanSummary) => ReactNode;
  disabled?: boolean;
  className?: string;
}

/** Cards that behave as one radio group; each radio is named by its plan's name alone. */
export function PlanPicker({ plans, value, onValueChange, name, label = "Plan", noteOf, disabled, className }: PlanPickerProps) {
  const id = useId();
  return (
    <RadioGroup
      value={value}
      onValueChange={onValueChange}
      name={name}
      aria-label={label}
      disabled={disabled}
      className={cn("grid gap-3 sm:grid-cols-2", className)}
    >
      {plans.map((plan) => (
        <label key={plan.id} htmlFor={`${id}-${plan.id}`} className="cursor-pointer">
          <PlanCard
            plan={plan}
            nameId={`${id}-${plan.id}-name`}
            note={noteOf?.(plan)}
            control={
              <RadioGroupItem id={`${id}-${plan.id}`} value={plan.id} aria-labelledby={`${id}-${plan.id}-name`} className="mt-0.5" />
            }
            className={cn(
              "transition-colors hover:border-input",
              plan.id === value && "border-primary bg-primary-soft ring-1 ring-primary hover:border-primary",
            )}
          />
        </label>
      ))}
    </RadioGroup>
  );
}
