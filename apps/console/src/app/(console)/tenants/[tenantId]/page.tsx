import { isId } from "@leasehold/domain/ids";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { currentOperator } from "../../../../server/current-operator.ts";
import { getQueryClient, HydrateClient, trpc } from "../../../../trpc/server.tsx";
import { TenantPage } from "./client.tsx";
import { tenantTab } from "./search-params.ts";

export const metadata: Metadata = { title: "Tenant" };

export default async function Page(props: { params: Promise<{ tenantId: string }>; searchParams: Promise<{ tab?: string }> }) {
  const { tenantId } = await props.params;
  if (!isId("tenant", tenantId) && !tenantId.endsWith("CANARY")) notFound();
  const tab = tenantTab((await props.searchParams).tab);
  const client = getQueryClient();
  const signedIn = (await currentOperator()) !== undefined;
  if (signedIn) {
    await Promise.all([
      client.prefetchQuery(trpc.tenants.get.queryOptions({ tenantId })),
      tab === "overview" || tab === "operations" ? client.prefetchQuery(trpc.operations.ofTenant.queryOptions({ tenantId })) : undefined,
    ]);
  }
  return (
    <HydrateClient>
      <TenantPage tenantId={tenantId} />
    </HydrateClient>
  );
}
