"use client";

import { operationStatePresentation } from "@leasehold/domain/operations";
import { CopyId } from "@leasehold/ui/components/copy-id";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Button } from "@leasehold/ui/components/ui/button";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../../../trpc/client.tsx";

const open = new Set(["REQUESTED", "RUNNING"]);

/** People who were erased, by pseudonym, with their certificates. Nothing where nobody was. */
export function Erasures({ slug }: { slug: string }) {
  const erasures = useQuery({
    ...useTRPC().erasure.list.queryOptions({ slug }),
    refetchInterval: ({ state }) => (state.data?.some((erasure) => open.has(erasure.state)) ? 3_000 : false),
  });
  if (erasures.data === undefined || erasures.data.length === 0) return null;
  return (
    <Section title="Erased people" description="Who they were stands nowhere any more.">
      <ul className="divide-y rounded-lg border bg-card shadow-xs">
        {erasures.data.map(({ operationId, pseudonym, state, createdAt, certificateId }) => (
          <li key={operationId} className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
            <CopyId value={pseudonym} label="pseudonym" />
            <StatusBadge {...operationStatePresentation[state]} live={open.has(state)} />
            <RelativeTime value={createdAt} className="text-muted-foreground text-sm" />
            {certificateId === null ? null : (
              <Button asChild variant="ghost" size="sm" className="ml-auto">
                <a href={`/certificates/${certificateId}`}>Certificate</a>
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
