import { formatBytes, formatNumber } from "../lib/format.ts";

/** A size in binary units; the exact count is its title. */
export function Bytes({ value, className }: { value: number; className?: string }) {
  return (
    <data value={value} title={`${formatNumber(value)} bytes`} className={className}>
      {formatBytes(value)}
    </data>
  );
}
