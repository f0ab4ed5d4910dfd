import type { Metadata } from "next";
import { getQueryClient, HydrateClient, trpc } from "../../../trpc/server.tsx";
import { Overview } from "./client.tsx";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  const client = getQueryClient();
  await Promise.all([
    client.prefetchQuery(trpc.workspace.get.queryOptions({ slug })),
    client.prefetchQuery(trpc.workspace.usage.queryOptions({ slug })),
  ]);
  return (
    <HydrateClient>
      <Overview slug={slug} />
    </HydrateClient>
  );
}
