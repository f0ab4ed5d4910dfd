import { Fragment } from "react";
import { cn } from "../lib/cn.ts";

/** An e-mail address that breaks where it has a joint, at the at sign and its dots, and inside of a part only when nothing else helps. */
export function EmailAddress({ value, className }: { value: string; className?: string }) {
  const parts = value.split(/(?=[@.])/);
  return (
    <span title={value} className={cn("min-w-0 [overflow-wrap:anywhere]", className)}>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index === 0 ? null : <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  );
}
