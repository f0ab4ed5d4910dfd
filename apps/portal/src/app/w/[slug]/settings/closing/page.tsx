import { hasScope } from "@leasehold/domain/roles";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getQueryClient, HydrateClient, roleIn, trpc } from "../../../../../trpc/server.tsx";
import { ClosingPage } from "./client.tsx";

export const metadata: Metadata = { title: "Close workspace" };

export default async function Page({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  const role = await roleIn(slug);
  if (!role || !hasScope(role, "tenant:close")) notFound();
  await getQueryClient().prefetchQuery(trpc.offboarding.current.queryOptions({ slug }));
  return (
    <HydrateClient>
      <ClosingPage slug={slug} />
    </HydrateClient>
  );
}
