import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "../lib/cn.ts";

export interface FormCardProps extends Omit<ComponentProps<"form">, "title"> {
  title: ReactNode;
  description?: ReactNode;
  /** In the bar at the bottom: a hint at the start, the submit button at the end. */
  footer?: ReactNode;
  hint?: ReactNode;
  tone?: "default" | "danger";
}

export function FormCard({ title, description, footer, hint, tone = "default", children, className, ...form }: FormCardProps) {
  const id = useId();
  return (
    <form
      aria-labelledby={id}
      noValidate
      className={cn("overflow-hidden rounded-lg border bg-card shadow-xs", tone === "danger" && "border-danger-solid/50", className)}
      {...form}
    >
      <div className="flex flex-col gap-5 p-5">
        <div className="flex flex-col gap-0.5">
          <h2 id={id} className="font-semibold text-lg">
            {title}
          </h2>
          {description ? <p className="max-w-2xl text-muted-foreground text-sm">{description}</p> : null}
        </div>
        {children ? <div className="flex max-w-xl flex-col gap-5">{children}</div> : null}
      </div>
      {footer || hint ? (
        <div className="flex min-h-14 flex-wrap items-center justify-between gap-3 border-t bg-muted/50 px-5 py-2.5">
          <div className="text-muted-foreground text-sm">{hint}</div>
          <div className="ml-auto flex gap-2">{footer}</div>
        </div>
      ) : null}
    </form>
  );
}
