import type { Metadata } from "next";
import { getQueryClient, HydrateClient, trpc } from "../../../../trpc/server.tsx";
import { AddTenantForm } from "./client.tsx";

export const metadata: Metadata = { title: "Add tenant" };

export default async function AddTenantPage() {
  void getQueryClient().prefetchQuery(trpc.tenants.regions.queryOptions());
  return (
    <HydrateClient>
      <AddTenantForm />
    </HydrateClient>
  );
}
