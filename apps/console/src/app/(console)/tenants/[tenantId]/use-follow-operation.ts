"use client";

import { skipToken, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useTRPC } from "../../../../trpc/client.tsx";

/** Keeps the page as fresh as the operation: what is shown of the tenant is read again with every event. */
export function useFollowOperation(tenantId: string, operationId: string | undefined): void {
  const trpc = useTRPC();
  const client = useQueryClient();
  useSubscription(
    trpc.operations.follow.subscriptionOptions(operationId ? { tenantId, operationId } : skipToken, {
      onData: ({ data }) => {
        void client.invalidateQueries(trpc.operations.ofTenant.queryFilter({ tenantId }));
        if (data.kind === "operation" || data.state === "RUNNING")
          void client.invalidateQueries(trpc.tenants.get.queryFilter({ tenantId }));
        if (data.kind === "operation") {
          void client.invalidateQueries(trpc.tenantRecords.pathFilter());
          void client.invalidateQueries(trpc.suspension.list.queryFilter());
        }
      },
    }),
  );
}
