import type { ReactNode } from "react";

/** Names and values, one pair a line; under each other on a phone. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="divide-y rounded-lg border bg-card shadow-xs">
      {facts.map(([name, value]) => (
        <div key={name} className="grid min-h-11 content-center gap-x-4 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[9rem_minmax(0,1fr)]">
          <dt className="text-muted-foreground">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
