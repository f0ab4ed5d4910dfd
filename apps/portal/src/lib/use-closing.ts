"use client";

import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useSubscription } from "@trpc/tanstack-react-query";
import type { PortalRouter } from "../server/routers/root.ts";
import { useTRPC } from "../trpc/client.tsx";

export type ClosingView = inferRouterOutputs<PortalRouter>["offboarding"]["current"];
export type Closing = NonNullable<ClosingView["closing"]>;

/** Decisions of others have no event of their own; near its end a hold is looked at more often. In milliseconds. */
const lookEveryMs = { open: 60_000, closing: 10_000, ending: 2_000 } as const;

/** Whether a closing is under way, from the request to its last step. */
export function isUnderWay(closing: Closing): boolean {
  return closing.finishedAt === null;
}

/** A workspace's closing, as fresh as it is followed: every page looks now and then. */
export function useClosing(slug: string) {
  return useQuery({
    ...useTRPC().offboarding.current.queryOptions({ slug }),
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined || (data.state === "ACTIVE" && !(data.closing && isUnderWay(data.closing)))) return lookEveryMs.open;
      const ends = data.closing?.hold?.endsAt.getTime();
      return ends !== undefined && ends - Date.now() < 60_000 ? lookEveryMs.ending : lookEveryMs.closing;
    },
  });
}

/** Reads the closing anew with every step of it, as it happens. */
export function useFollowClosing(slug: string, closing: Closing | null | undefined): void {
  const trpc = useTRPC();
  const queries = useQueryClient();
  useSubscription(
    trpc.offboarding.events.subscriptionOptions(closing && isUnderWay(closing) ? { slug, operationId: closing.operationId } : skipToken, {
      onData: () => {
        void queries.invalidateQueries(trpc.offboarding.current.queryFilter({ slug }));
        // A step of it makes the export.
        void queries.invalidateQueries(trpc.exports.list.queryFilter({ slug }));
      },
    }),
  );
}
