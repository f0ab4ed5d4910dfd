"use client";

import { keyClosureLabels } from "@leasehold/domain/keys/custody";
import { operationStatePresentation } from "@leasehold/domain/operations";
import { plans } from "@leasehold/domain/plans";
import { tenantStatePresentation } from "@leasehold/domain/tenant-states";
import { CopyId } from "@leasehold/ui/components/copy-id";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@leasehold/ui/components/ui/tabs";
import { useQuery } from "@tanstack/react-query";
import { usePathname, useSearchParams } from "next/navigation";
import { RequestError } from "../../../../components/request-error.tsx";
import { kindLabel, stepLabel } from "../../../../lib/step-label.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { AuditTab } from "./audit-tab.tsx";
import { ClosingTab } from "./closing/closing-tab.tsx";
import { OperationsTab } from "./operations-tab.tsx";
import { OverviewTab } from "./overview-tab.tsx";
import { PeopleTab } from "./people-tab.tsx";
import { PlacementTab } from "./placement-tab.tsx";
import { type TenantTab, tenantTab } from "./search-params.ts";
import { TimelineTab } from "./timeline-tab.tsx";
import { useFollowOperation } from "./use-follow-operation.ts";

const labels: Record<TenantTab, string> = {
  overview: "Overview",
  operations: "Operations",
  placement: "Placement & resources",
  people: "People",
  audit: "Audit",
  closing: "Closing",
  timeline: "Timeline",
};

export function TenantPage({ tenantId }: { tenantId: string }) {
  const trpc = useTRPC();
  const pathname = usePathname();
  const tab = tenantTab(useSearchParams().get("tab") ?? undefined);
  const tenant = useQuery(trpc.tenants.get.queryOptions({ tenantId }));
  useFollowOperation(tenantId, tenant.data?.operation?.operationId);
  if (tenant.error && !tenant.data) {
    return <RequestError what="The tenant" error={tenant.error} onRetry={() => tenant.refetch()} retrying={tenant.isFetching} />;
  }
  if (!tenant.data) return <TenantSkeleton />;
  const { name, slug, plan, region, state, key, operation, legalHolds } = tenant.data;
  const running = operation ? operationStatePresentation[operation.state] : undefined;
  return (
    <div className="flex flex-col gap-6">
      <PageHeader
        title={name}
        status={
          <>
            <StatusBadge {...tenantStatePresentation[state]} />
            {legalHolds === 0 ? null : <StatusBadge tone="warning" label={legalHolds === 1 ? "Legal hold" : `${legalHolds} legal holds`} />}
            {key.closedBy === null ? null : (
              <StatusBadge
                tone="danger"
                label={`Closed by its own key: ${keyClosureLabels[key.closedBy]}`}
                className="h-auto min-h-6 whitespace-normal py-0.5"
              />
            )}
            {operation && running ? (
              <StatusBadge
                tone={running.tone}
                label={`${kindLabel(operation.kind)}: ${running.label.toLowerCase()}${operation.step ? ` at “${stepLabel(operation.kind, operation.step)}”` : ""}`}
                live={operation.state === "RUNNING" || operation.state === "ROLLING_BACK"}
                className="h-auto min-h-6 whitespace-normal py-0.5"
              />
            ) : null}
          </>
        }
        meta={
          <>
            <CopyId value={tenantId} label="tenant id" />
            <span className="font-mono">{slug}</span>
            <span>{plans[plan].name}</span>
            <span>{region}</span>
          </>
        }
      />
      <Tabs
        value={tab}
        onValueChange={(next) => window.history.replaceState(null, "", next === "overview" ? pathname : `${pathname}?tab=${next}`)}
      >
        <TabsList aria-label="About this tenant">
          {Object.entries(labels).map(([value, label]) => (
            <TabsTrigger key={value} value={value}>
              {label}
            </TabsTrigger>
          ))}
        </TabsList>
        <TabsContent value="overview">
          <OverviewTab tenant={tenant.data} />
        </TabsContent>
        <TabsContent value="operations">
          <OperationsTab tenant={tenant.data} />
        </TabsContent>
        <TabsContent value="placement">
          <PlacementTab tenant={tenant.data} />
        </TabsContent>
        <TabsContent value="people">
          <PeopleTab tenantId={tenantId} />
        </TabsContent>
        <TabsContent value="audit">
          <AuditTab tenantId={tenantId} />
        </TabsContent>
        <TabsContent value="closing">
          <ClosingTab tenant={tenant.data} />
        </TabsContent>
        <TabsContent value="timeline">
          <TimelineTab tenantId={tenantId} />
        </TabsContent>
      </Tabs>
    </div>
  );
}

function TenantSkeleton() {
  return (
    <div role="status" aria-label="Reading the tenant" className="flex flex-col gap-6">
      <div className="flex flex-col gap-2">
        <Skeleton className="h-7 w-56" />
        <Skeleton className="h-5 w-80 max-w-full" />
      </div>
      <Skeleton className="h-10 w-full" />
      <Skeleton className="h-48 w-full" />
    </div>
  );
}
