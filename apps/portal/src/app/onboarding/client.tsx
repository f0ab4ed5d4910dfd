"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { CheckInbox } from "./check-inbox.tsx";
import { Outcome } from "./outcome.tsx";
import { Steps } from "./steps.tsx";
import { useFollowEvents } from "./use-follow-events.ts";

const waitingMs = 3_000;
const lookMs = 1_200;

/** From "check your inbox" to the open workspace, on one page that survives a reload anywhere. */
export function Onboarding({ slug }: { slug: string | undefined }) {
  const router = useRouter();
  const input = slug ? { slug } : {};
  const current = useQuery(
    useTRPC().onboarding.current.queryOptions(input, {
      staleTime: 0,
      // Until the mail is opened, perhaps in another browser, there is no operation to follow.
      refetchInterval: (query) => (query.state.data?.progress ? false : waitingMs),
    }),
  );
  const data = current.data;
  const progress = useFollowEvents(slug, data?.progress ?? null);
  const done = progress?.state === "SUCCEEDED";
  const destination = data && (data.signedIn ? `/w/${data.slug}` : `/sign-in?next=/w/${data.slug}`);
  useEffect(() => {
    if (!done || !destination) return;
    const timer = setTimeout(() => router.replace(destination), lookMs);
    return () => clearTimeout(timer);
  }, [done, destination, router]);
  if (!data) return null;
  if (!progress) return <CheckInbox organizationName={data.organizationName} inboxUrl={data.inboxUrl} expired={data.expired} />;
  return (
    <div className="flex flex-col gap-6">
      <Outcome name={data.organizationName} progress={progress} destination={destination ?? "/"} />
      <Steps progress={progress} />
    </div>
  );
}
