"use client";

import { operationExclusions } from "@leasehold/domain/operations";
import { Section } from "@leasehold/ui/components/section";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { Permitted } from "../../../../../components/permitted.tsx";
import { RequestError } from "../../../../../components/request-error.tsx";
import type { ConsoleRouter } from "../../../../../server/router.ts";
import { useTRPC } from "../../../../../trpc/client.tsx";
import type { Tenant } from "../types.ts";
import { CurrentSuspension } from "./current-suspension.tsx";
import { ResumeTenant } from "./resume-tenant.tsx";
import { SuspendTenant } from "./suspend-tenant.tsx";
import { SuspensionHistory } from "./suspension-history.tsx";

export type SuspensionRecord = inferRouterOutputs<ConsoleRouter>["suspension"]["list"][number];

/** Whether the tenant is suspended, by whom and why, and how that is changed. */
export function SuspensionSection({ tenant }: { tenant: Tenant }) {
  const tenantId = tenant.tenantId as `tnt_${string}`;
  const query = useQuery(useTRPC().suspension.list.queryOptions({ tenantId }));
  const records = query.data;
  const named = { tenantId, tenantName: tenant.name };
  return (
    <Section
      title="Suspension"
      description="A suspended tenant keeps everything it has. Its owners are told by mail that it is suspended and of which kind, never your reason."
    >
      {query.error && !records ? (
        <RequestError what="The suspensions" error={query.error} onRetry={() => query.refetch()} retrying={query.isFetching} />
      ) : null}
      {records === undefined && !query.error ? <Skeleton className="h-24 w-full" /> : null}
      {records && tenant.state === "SUSPENDED" ? <CurrentSuspension record={records.find(({ action }) => action === "suspend")} /> : null}
      {tenant.state === "ACTIVE" || tenant.state === "SUSPENDED" ? (
        <Permitted scope="tenants:suspend">
          <div>
            {tenant.state === "ACTIVE" ? (
              <SuspendTenant
                {...named}
                busy={tenant.operation !== null && operationExclusions[tenant.operation.kind].includes("suspension")}
              />
            ) : (
              <ResumeTenant {...named} busy={tenant.operation !== null} />
            )}
          </div>
        </Permitted>
      ) : (
        <p className="text-muted-foreground text-sm">Only a tenant that is active can be suspended.</p>
      )}
      {records && records.length > 0 ? <SuspensionHistory records={records} /> : null}
    </Section>
  );
}
