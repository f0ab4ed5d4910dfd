import type { ComponentProps } from "react";
import { cn } from "../../lib/cn.ts";

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea
      data-slot="textarea"
      className={cn(
        "flex field-sizing-content min-h-20 w-full rounded-lg border border-input bg-card px-3 py-2 text-base shadow-xs transition-colors",
        "focus-visible:border-ring focus-visible:outline-1 focus-visible:outline-offset-0",
        "disabled:cursor-not-allowed disabled:bg-muted disabled:text-muted-foreground",
        "aria-invalid:border-danger-solid aria-invalid:focus-visible:outline-danger-solid",
        className,
      )}
      {...props}
    />
  );
}
