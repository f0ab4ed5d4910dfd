import { hasScope } from "@leasehold/domain/roles";
import type { Metadata } from "next";
import { activityRead } from "../../../lib/activity.ts";
import { getQueryClient, HydrateClient, roleIn, trpc } from "../../../trpc/server.tsx";
import { Overview } from "./client.tsx";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  const client = getQueryClient();
  const role = await roleIn(slug);
  await Promise.all([
    client.prefetchQuery(trpc.workspace.get.queryOptions({ slug })),
    client.prefetchQuery(trpc.workspace.usage.queryOptions({ slug })),
    role && hasScope(role, "audit:read")
      ? client.prefetchQuery(trpc.workspace.audit.queryOptions({ slug, limit: activityRead }))
      : undefined,
  ]);
  return (
    <HydrateClient>
      <Overview slug={slug} />
    </HydrateClient>
  );
}
