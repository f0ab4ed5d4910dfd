"use client";

import { isPlanId, plans } from "@leasehold/domain/plans";
import { hasScope } from "@leasehold/domain/roles";
import { tenantStatePresentation } from "@leasehold/domain/tenant-states";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { Meter } from "@leasehold/ui/components/meter";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { Section } from "@leasehold/ui/components/section";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Button } from "@leasehold/ui/components/ui/button";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { formatBytes } from "@leasehold/ui/lib/format";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { DataPlace } from "../../../components/data-place.tsx";
import { RecentActivity } from "../../../components/recent-activity.tsx";
import { messageOf, requestIdOf } from "../../../lib/errors.ts";
import { may } from "../../../lib/may.ts";
import { useTRPC } from "../../../trpc/client.tsx";
import { Attention } from "./attention.tsx";

export function Overview({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const workspace = useQuery(trpc.workspace.get.queryOptions({ slug }));
  const usage = useQuery(trpc.workspace.usage.queryOptions({ slug }));
  const tenant = workspace.data;
  if (!tenant)
    return (
      <>
        <PageHeader title="Overview" />
        {workspace.error ? (
          <ErrorState
            title="The workspace could not be read"
            meaning={messageOf(workspace.error)}
            requestId={requestIdOf(workspace.error)}
            onRetry={() => void workspace.refetch()}
            retrying={workspace.isFetching}
          />
        ) : (
          <Skeleton className="h-64 w-full" />
        )}
      </>
    );
  const state = tenantStatePresentation[tenant.state];
  const plan = isPlanId(tenant.plan) ? plans[tenant.plan].name : tenant.plan;
  return (
    <>
      <PageHeader
        title={tenant.name}
        status={<StatusBadge tone={state.tone} label={state.label} />}
        meta={
          <>
            <span>{plan} plan</span>
            <span>You are {tenant.role}</span>
          </>
        }
        actions={
          may(tenant, "documents:write") ? (
            <Button asChild>
              <Link href={`/w/${slug}/documents`}>Open documents</Link>
            </Button>
          ) : undefined
        }
      />
      <Attention slug={slug} tenant={tenant} usage={usage.data} />
      <div className="grid gap-8 lg:grid-cols-2">
        <Section title="Usage">
          {usage.error ? (
            <ErrorState
              title="Usage cannot be read right now"
              meaning={messageOf(usage.error)}
              requestId={requestIdOf(usage.error)}
              onRetry={() => void usage.refetch()}
              retrying={usage.isFetching}
            />
          ) : (
            <div className="flex flex-col gap-5 rounded-lg border bg-card p-5 shadow-xs">
              {tenant.limits ? <Meter label="Members" used={tenant.members} limit={tenant.limits.members} /> : null}
              {usage.data && tenant.limits ? (
                <>
                  <Meter label="Documents" used={usage.data.documents} limit={tenant.limits.documents} />
                  <Meter label="Storage" used={usage.data.storedBytes} limit={tenant.limits.storageBytes} format={formatBytes} />
                  <Meter label="Requests today" used={usage.data.requests.requestsToday} limit={usage.data.requests.requestsPerDay} />
                </>
              ) : (
                <>
                  <Skeleton className="h-14" />
                  <Skeleton className="h-14" />
                </>
              )}
            </div>
          )}
        </Section>
        <Section title="Where your data lives">
          <DataPlace tenant={tenant} />
        </Section>
      </div>
      {hasScope(tenant.role, "audit:read") ? <RecentActivity slug={slug} /> : null}
    </>
  );
}
