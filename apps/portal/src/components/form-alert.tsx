"use client";

import { CircleAlert } from "lucide-react";

/** An error that belongs to no field, announced when it appears. */
export function FormAlert({ children }: { children: string | undefined }) {
  return (
    <div role="alert" className="empty:absolute">
      {children ? (
        <p className="flex items-start gap-2 rounded-lg border border-danger-solid/50 bg-danger-soft px-3 py-2.5 text-danger-text text-sm">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          <span>{children}</span>
        </p>
      ) : null}
    </div>
  );
}
