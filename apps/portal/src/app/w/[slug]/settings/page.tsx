import type { Metadata } from "next";
import { getQueryClient, HydrateClient, trpc } from "../../../../trpc/server.tsx";
import { Settings } from "./client.tsx";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  await getQueryClient().prefetchQuery(trpc.workspace.get.queryOptions({ slug }));
  return (
    <HydrateClient>
      <Settings slug={slug} />
    </HydrateClient>
  );
}
