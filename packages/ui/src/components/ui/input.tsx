import type { ComponentProps } from "react";
import { cn } from "../../lib/cn.ts";

export function Input({ className, type = "text", ...props }: ComponentProps<"input">) {
  return (
    <input
      data-slot="input"
      type={type}
      className={cn(
        "flex h-9 w-full min-w-0 rounded-lg border border-input bg-card px-3 text-base shadow-xs transition-colors",
        "file:mr-3 file:h-full file:border-0 file:bg-transparent file:font-medium file:text-sm",
        "focus-visible:border-ring focus-visible:outline-1 focus-visible:outline-offset-0",
        "disabled:cursor-not-allowed disabled:bg-muted disabled:text-muted-foreground read-only:bg-muted",
        "aria-invalid:border-danger-solid aria-invalid:focus-visible:outline-danger-solid",
        className,
      )}
      {...props}
    />
  );
}
