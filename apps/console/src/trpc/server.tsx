import { createQueryClient } from "@leasehold/ui/lib/query-client";
import "server-only";
import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { headers } from "next/headers";
import { cache, type ReactNode } from "react";
import { currentOperator } from "../server/current-operator.ts";
import { requestContext } from "../server/request-context.ts";
import { consoleRouter } from "../server/router.ts";

export const getQueryClient = cache(createQueryClient);

/** The router for server components: the same procedures, without HTTP. */
export const trpc = createTRPCOptionsProxy({
  router: consoleRouter,
  ctx: async () => requestContext(await currentOperator(), await headers()),
  queryClient: getQueryClient,
});

/** Hands what the server has read to the browser. What a page has read ahead it awaits. */
export function HydrateClient({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>;
}
