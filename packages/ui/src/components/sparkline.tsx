import { cn } from "../lib/cn.ts";

export interface SparklineProps {
  values: readonly number[];
  /** What it shows, for those who cannot see it: "Requests per day, 120 to 310". */
  label: string;
  className?: string;
}

/** The trend of some numbers, oldest first, from zero up. */
export function Sparkline({ values, label, className }: SparklineProps) {
  const top = Math.max(...values, 1);
  const step = values.length > 1 ? 96 / (values.length - 1) : 0;
  const points = values
    .map((value, index) => `${(2 + index * step).toFixed(1)},${(22 - (Math.max(0, value) / top) * 20).toFixed(1)}`)
    .join(" ");
  return (
    <svg role="img" aria-label={label} viewBox="0 0 100 24" preserveAspectRatio="none" className={cn("h-6 w-24", className)}>
      <polyline
        points={points}
        fill="none"
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
        className="stroke-primary-text"
      />
    </svg>
  );
}
