"use client";

import type { ComponentProps, ReactNode } from "react";
import { Field } from "./field.tsx";
import { Input } from "./ui/input.tsx";

export interface CodeFieldProps extends ComponentProps<"input"> {
  label?: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
}

/** A code of an authenticator app, or a recovery code: phones and password managers fill it in. */
export function CodeField({ label = "Code", hint, error, id, ...input }: CodeFieldProps) {
  return (
    <Field label={label} description={hint} error={error} id={id}>
      <Input
        name="code"
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={40}
        required
        className="font-mono"
        {...input}
      />
    </Field>
  );
}
