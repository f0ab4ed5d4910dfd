"use client";

import { EmptyState } from "@leasehold/ui/components/empty-state";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { Section } from "@leasehold/ui/components/section";
import { Timeline } from "@leasehold/ui/components/timeline";
import { Button } from "@leasehold/ui/components/ui/button";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { activityRead } from "../lib/activity.ts";
import { auditWords } from "../lib/audit-words.ts";
import { messageOf, requestIdOf } from "../lib/errors.ts";
import { useTRPC } from "../trpc/client.tsx";

const shown = 6;
/** The steps of creating the workspace are in the audit log; here they would crowd out everything else. */
const isStep = (action: string) => action.startsWith("onboarding.step");

export function RecentActivity({ slug }: { slug: string }) {
  const audit = useQuery(useTRPC().workspace.audit.queryOptions({ slug, limit: activityRead }));
  const items = audit.data?.items.filter(({ action }) => !isStep(action)).slice(0, shown) ?? [];
  return (
    <Section
      title="Recent activity"
      actions={
        <Button asChild variant="link" size="sm">
          <Link href={`/w/${slug}/audit`}>All of it</Link>
        </Button>
      }
    >
      {audit.error ? (
        <ErrorState
          title="The activity could not be read"
          meaning={messageOf(audit.error)}
          requestId={requestIdOf(audit.error)}
          onRetry={() => void audit.refetch()}
        />
      ) : (
        <div className="min-h-48 rounded-lg border bg-card p-5 shadow-xs">
          {audit.data ? (
            items.length > 0 ? (
              <Timeline
                events={items.map((item) => ({
                  id: item.auditId,
                  title: auditWords(item.action),
                  detail: item.actor,
                  at: item.createdAt,
                }))}
              />
            ) : (
              <EmptyState title="Nothing has happened yet" />
            )
          ) : (
            <div role="status" aria-label="Reading the activity" className="flex flex-col gap-5">
              {Array.from({ length: 4 }, (_, row) => (
                <div key={`row-${row}`} className="flex gap-3">
                  <Skeleton className="mt-1 size-3 rounded-full" />
                  <div className="flex flex-1 flex-col gap-2">
                    <Skeleton className="h-3.5 w-48 max-w-full" />
                    <Skeleton className="h-3 w-24" />
                  </div>
                </div>
              ))}
            </div>
          )}
        </div>
      )}
    </Section>
  );
}
