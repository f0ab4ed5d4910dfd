import type { Metadata } from "next";
import { currentOperator } from "../../../../server/current-operator.ts";
import { getQueryClient, HydrateClient, trpc } from "../../../../trpc/server.tsx";
import { AddTenantForm } from "./client.tsx";

export const metadata: Metadata = { title: "Add tenant" };

export default async function AddTenantPage() {
  if (await currentOperator()) await getQueryClient().prefetchQuery(trpc.tenants.regions.queryOptions());
  return (
    <HydrateClient>
      <AddTenantForm />
    </HydrateClient>
  );
}
