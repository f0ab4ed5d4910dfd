import { hasScope } from "@leasehold/domain/roles";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getQueryClient, HydrateClient, roleIn, trpc } from "../../../../trpc/server.tsx";
import { ApiKeys } from "./client.tsx";

export const metadata: Metadata = { title: "API keys" };

export default async function ApiKeysPage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  const role = await roleIn(slug);
  if (!role || !hasScope(role, "api-keys:manage")) notFound();
  await getQueryClient().prefetchQuery(trpc.apiKeys.list.queryOptions({ slug }));
  return (
    <HydrateClient>
      <ApiKeys slug={slug} />
    </HydrateClient>
  );
}
