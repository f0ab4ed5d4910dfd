import { hasScope } from "@leasehold/domain/roles";
import type { Metadata } from "next";
import { getQueryClient, HydrateClient, roleIn, trpc } from "../../../../trpc/server.tsx";
import { Members } from "./client.tsx";

export const metadata: Metadata = { title: "Members" };

export default async function MembersPage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  const client = getQueryClient();
  const role = await roleIn(slug);
  await Promise.all([
    client.prefetchQuery(trpc.members.list.queryOptions({ slug })),
    role && hasScope(role, "members:invite") ? client.prefetchQuery(trpc.members.invitations.queryOptions({ slug })) : undefined,
  ]);
  return (
    <HydrateClient>
      <Members slug={slug} />
    </HydrateClient>
  );
}
