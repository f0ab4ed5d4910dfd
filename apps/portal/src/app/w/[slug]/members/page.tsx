import type { Metadata } from "next";
import { getQueryClient, HydrateClient, trpc } from "../../../../trpc/server.tsx";
import { Members } from "./client.tsx";

export const metadata: Metadata = { title: "Members" };

export default async function MembersPage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  await getQueryClient().prefetchQuery(trpc.members.list.queryOptions({ slug }));
  return (
    <HydrateClient>
      <Members slug={slug} />
    </HydrateClient>
  );
}
