import type { Metadata } from "next";
import { getQueryClient, HydrateClient, trpc } from "../../../../trpc/server.tsx";
import { Documents } from "./client.tsx";

export const metadata: Metadata = { title: "Documents" };

interface DocumentsPageProps {
  params: Promise<{ slug: string }>;
  searchParams: Promise<{ folder?: string; q?: string }>;
}

export default async function DocumentsPage({ params, searchParams }: DocumentsPageProps) {
  const { slug } = await params;
  const { folder, q } = await searchParams;
  const input = { slug, ...(q ? { search: q } : { folderId: folder }) };
  await getQueryClient().prefetchInfiniteQuery(
    trpc.documents.list.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor }),
  );
  return (
    <HydrateClient>
      <Documents slug={slug} />
    </HydrateClient>
  );
}
