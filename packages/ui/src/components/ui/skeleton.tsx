import type { ComponentProps } from "react";
import { cn } from "../../lib/cn.ts";

/** Takes the size of what it stands for, so that nothing moves when that arrives. */
export function Skeleton({ className, ...props }: ComponentProps<"span">) {
  return <span data-slot="skeleton" aria-hidden="true" className={cn("block animate-pulse rounded-sm bg-accent", className)} {...props} />;
}
