import { cn } from "../lib/cn.ts";

/** A key whose bow is a house's doorway: one plot, one key. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={cn("size-6 shrink-0", className)}>
      <rect width="24" height="24" rx="6" className="fill-primary" />
      <path
        d="M7 5.5v11.25c0 .41.34.75.75.75H17"
        fill="none"
        strokeWidth="2.5"
        strokeLinecap="round"
        className="stroke-primary-foreground"
      />
      <path
        d="M11.5 13V9.75a2.75 2.75 0 0 1 5.5 0V13"
        fill="none"
        strokeWidth="2"
        strokeLinecap="round"
        className="stroke-primary-foreground"
      />
    </svg>
  );
}

export function Logo({ className, suffix }: { className?: string; suffix?: string }) {
  return (
    <span className={cn("inline-flex items-center gap-2 font-semibold text-lg", className)}>
      <LogoMark />
      <span>Leasehold{suffix ? <span className="font-normal text-muted-foreground"> {suffix}</span> : null}</span>
    </span>
  );
}
