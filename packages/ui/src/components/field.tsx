"use client";

import { CircleAlert } from "lucide-react";
import { Slot } from "radix-ui";
import { type ReactNode, useId } from "react";
import { cn } from "../lib/cn.ts";
import { Label } from "./ui/label.tsx";

export interface FieldControl {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

export interface FieldProps {
  label: ReactNode;
  description?: ReactNode;
  /** What is wrong and how to put it right. Announced when it appears. */
  error?: ReactNode;
  optional?: boolean;
  /**
   * The one control: it is given its id, `aria-describedby` and `aria-invalid`. A function places them itself, for a control
   * whose root is no element: `{(control) => <Select><SelectTrigger {...control} /></Select>}`.
   */
  children: ReactNode | ((control: FieldControl) => ReactNode);
  /** Beside the label, at its end: a link such as "Forgot password?". */
  aside?: ReactNode;
  id?: string;
  className?: string;
}

export function Field({ label, description, error, optional = false, children, aside, id, className }: FieldProps) {
  const generated = useId();
  const controlId = id ?? generated;
  const describedBy = [description ? `${controlId}-description` : "", error ? `${controlId}-error` : ""].filter(Boolean).join(" ");
  const control: FieldControl = { id: controlId, "aria-describedby": describedBy || undefined, "aria-invalid": error ? true : undefined };
  return (
    <div data-slot="field" className={cn("flex flex-col gap-1.5", className)}>
      <div className="flex items-baseline justify-between gap-4">
        <Label htmlFor={controlId}>
          {label}
          {optional ? <span className="font-normal text-muted-foreground text-sm">Optional</span> : null}
        </Label>
        {aside ? <span className="text-sm">{aside}</span> : null}
      </div>
      {typeof children === "function" ? children(control) : <Slot.Root {...control}>{children}</Slot.Root>}
      {description ? (
        <div id={`${controlId}-description`} className="text-muted-foreground text-sm">
          {description}
        </div>
      ) : null}
      <div id={`${controlId}-error`} aria-live="polite" className={cn("text-danger-text text-sm", !error && "hidden")}>
        {error ? (
          <span className="flex items-start gap-1.5">
            <CircleAlert aria-hidden="true" className="mt-0.75 size-3.5 shrink-0" />
            <span>{error}</span>
          </span>
        ) : null}
      </div>
    </div>
  );
}
