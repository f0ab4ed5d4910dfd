import { isDomainError } from "@leasehold/domain/errors";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { PublicFrame } from "../../components/public-frame.tsx";
import { caller, getQueryClient, HydrateClient, trpc } from "../../trpc/server.tsx";
import { Onboarding } from "./client.tsx";

export const metadata: Metadata = { title: "Your workspace" };

export default async function OnboardingPage({ searchParams }: { searchParams: Promise<{ workspace?: string }> }) {
  const { workspace } = await searchParams;
  const input = workspace ? { slug: workspace } : {};
  try {
    await getQueryClient().fetchQuery(trpc.onboarding.current.queryOptions(input));
  } catch (error) {
    const cause = (error as Error).cause;
    if (isDomainError(cause) && cause.code === "NOT_FOUND")
      redirect((await (await caller()).session.current()) ? "/sign-up" : "/sign-in?next=/onboarding");
    throw error;
  }
  return (
    <PublicFrame>
      <HydrateClient>
        <Onboarding slug={workspace} />
      </HydrateClient>
    </PublicFrame>
  );
}
