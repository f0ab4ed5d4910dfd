"use client";

import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import { Toaster as Sonner, type ToasterProps } from "sonner";

export { toast } from "sonner";

/** Once in the root layout; `toast(…)` from the same module then speaks through it. */
export function Toaster(props: ToasterProps) {
  return (
    <Sonner
      position="bottom-right"
      style={{ fontFamily: "inherit" }}
      icons={{
        success: <CircleCheck aria-hidden="true" className="size-4 text-success-text" />,
        error: <CircleAlert aria-hidden="true" className="size-4 text-danger-text" />,
        warning: <TriangleAlert aria-hidden="true" className="size-4 text-warning-text" />,
        info: <Info aria-hidden="true" className="size-4 text-info-text" />,
      }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast: "flex w-full items-start gap-3 rounded-lg bg-popover p-4 text-base text-popover-foreground shadow-overlay",
          title: "font-medium",
          description: "text-muted-foreground text-sm",
          icon: "mt-0.5 shrink-0",
          content: "min-w-0 flex-1",
          actionButton: "shrink-0 rounded-md border px-2.5 py-1 font-medium text-sm hover:bg-accent",
          cancelButton: "shrink-0 rounded-md px-2.5 py-1 text-muted-foreground text-sm hover:bg-accent",
        },
      }}
      {...props}
    />
  );
}
