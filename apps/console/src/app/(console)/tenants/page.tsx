import type { Metadata } from "next";
import { currentOperator } from "../../../server/current-operator.ts";
import { getQueryClient, HydrateClient, trpc } from "../../../trpc/server.tsx";
import { TenantList } from "./client.tsx";
import { queryOf, readView } from "./search-params.ts";

export const metadata: Metadata = { title: "Tenants" };

export default async function TenantsPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const view = readView(await searchParams);
  if (await currentOperator()) await getQueryClient().prefetchQuery(trpc.tenants.list.queryOptions(queryOf(view, undefined)));
  return (
    <HydrateClient>
      <TenantList initialView={view} />
    </HydrateClient>
  );
}
