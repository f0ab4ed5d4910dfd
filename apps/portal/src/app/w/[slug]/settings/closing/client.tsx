"use client";

import { operationStatePresentation } from "@leasehold/domain/operations";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { messageOf, requestIdOf } from "../../../../../lib/errors.ts";
import { type Closing, isUnderWay, useClosing, useFollowClosing } from "../../../../../lib/use-closing.ts";
import { RequestClosing } from "./request-closing.tsx";
import { UnderWay } from "./under-way.tsx";

export function ClosingPage({ slug }: { slug: string }) {
  const query = useClosing(slug);
  const closing = query.data?.closing;
  useFollowClosing(slug, closing);
  if (!query.data)
    return (
      <>
        <PageHeader title="Close workspace" />
        {query.error ? (
          <ErrorState
            title="The closing could not be read"
            meaning={messageOf(query.error)}
            requestId={requestIdOf(query.error)}
            onRetry={() => void query.refetch()}
            retrying={query.isFetching}
          />
        ) : (
          <Skeleton className="h-96 w-full" />
        )}
      </>
    );
  if (closing && isUnderWay(closing))
    return (
      <>
        <PageHeader title="Closing the workspace" status={<State closing={closing} />} />
        <UnderWay slug={slug} closing={closing} onChanged={() => void query.refetch()} />
      </>
    );
  return (
    <>
      <PageHeader title="Close workspace" description="For owners. Nothing happens before you have confirmed it below." />
      {closing?.cancelledAt ? (
        <p role="status" className="max-w-3xl rounded-lg border bg-card px-4 py-3 shadow-xs">
          The closing that was asked for <RelativeTime value={closing.requestedAt} /> was cancelled{" "}
          <RelativeTime value={closing.cancelledAt} />. Everything is as it was before.
        </p>
      ) : null}
      <RequestClosing slug={slug} onRequested={() => void query.refetch()} />
    </>
  );
}

function State({ closing: { state, hold, cancelledAt } }: { closing: Closing }) {
  // Red tells an operator to act; here somebody else does.
  if (state === "NEEDS_ATTENTION") return <StatusBadge tone="warning" label="Paused" />;
  if (cancelledAt !== null) return <StatusBadge tone="info" label="Being cancelled" live />;
  if (hold !== null) return <StatusBadge tone="warning" label="On hold" />;
  return <StatusBadge {...operationStatePresentation[state]} live={state === "RUNNING"} />;
}
