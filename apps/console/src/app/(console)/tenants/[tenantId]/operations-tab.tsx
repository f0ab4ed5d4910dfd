"use client";

import { EmptyState } from "@leasehold/ui/components/empty-state";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { Workflow } from "lucide-react";
import { RequestError } from "../../../../components/request-error.tsx";
import { useTRPC } from "../../../../trpc/client.tsx";
import { OperationCard } from "./operation-card.tsx";
import type { Tenant } from "./types.ts";

export function OperationsTab({ tenant }: { tenant: Tenant }) {
  const trpc = useTRPC();
  const operations = useQuery(trpc.operations.ofTenant.queryOptions({ tenantId: tenant.tenantId }));
  if (operations.error && !operations.data) {
    return (
      <RequestError what="The operations" error={operations.error} onRetry={() => operations.refetch()} retrying={operations.isFetching} />
    );
  }
  if (!operations.data) return <Skeleton className="h-96 w-full" />;
  if (operations.data.length === 0) {
    return (
      <EmptyState
        icon={Workflow}
        title="No operations yet"
        description="What is done to this tenant as a workflow is listed here, with every step."
      />
    );
  }
  return (
    <div className="flex flex-col gap-8">
      {operations.data.map((operation) => (
        <OperationCard key={operation.operationId} operation={operation} tenant={tenant} />
      ))}
    </div>
  );
}
