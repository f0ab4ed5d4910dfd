"use client";

import type { ReactNode } from "react";
import { formatZone, toLocalInput } from "../lib/format.ts";
import { useNow } from "../lib/use-now.ts";
import { Field } from "./field.tsx";
import { Input } from "./ui/input.tsx";

export interface MomentFieldProps {
  label: ReactNode;
  /** Undefined while nothing readable is entered. */
  value: Date | undefined;
  onChange: (value: Date | undefined) => void;
  min?: Date;
  max?: Date;
  error?: ReactNode;
}

/** A moment in the reader's own zone, to the second. */
export function MomentField({ label, value, onChange, min, max, error }: MomentFieldProps) {
  const known = useNow(undefined) !== undefined;
  return (
    <Field label={label} error={error} description={known ? `In your time zone, ${formatZone(value ?? new Date())}.` : undefined}>
      <Input
        type="datetime-local"
        step={1}
        defaultValue={value === undefined ? undefined : toLocalInput(value)}
        min={min === undefined ? undefined : toLocalInput(min)}
        max={max === undefined ? undefined : toLocalInput(max)}
        onChange={(event) => {
          const entered = new Date(event.target.value);
          onChange(Number.isNaN(entered.getTime()) ? undefined : entered);
        }}
      />
    </Field>
  );
}
