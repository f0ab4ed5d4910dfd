"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type ReactNode, useState } from "react";
import { Field } from "./field.tsx";
import { Input } from "./ui/input.tsx";

export interface PasswordFieldProps extends Omit<ComponentProps<"input">, "type"> {
  label?: ReactNode;
  /** A strength hint or the rule. */
  hint?: ReactNode;
  error?: ReactNode;
  aside?: ReactNode;
}

function PasswordInput(props: ComponentProps<"input">) {
  const [visible, setVisible] = useState(false);
  const Icon = visible ? EyeOff : Eye;
  return (
    <span className="relative block">
      <Input {...props} type={visible ? "text" : "password"} className="pr-10" spellCheck={false} autoCapitalize="none" />
      <button
        type="button"
        aria-label={visible ? "Hide password" : "Show password"}
        aria-pressed={visible}
        onClick={() => setVisible(!visible)}
        className="absolute inset-y-0 right-1 my-auto grid size-7 place-items-center rounded-md text-muted-foreground hover:bg-accent hover:text-foreground"
      >
        <Icon aria-hidden="true" className="size-4" />
      </button>
    </span>
  );
}

export function PasswordField({ label = "Password", hint, error, aside, id, ...input }: PasswordFieldProps) {
  return (
    <Field label={label} description={hint} error={error} aside={aside} id={id}>
      <PasswordInput {...input} />
    </Field>
  );
}
