import type { Role } from "@leasehold/domain/roles";
import { createQueryClient } from "@leasehold/ui/lib/query-client";
import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { headers } from "next/headers";
import { cache, type ReactNode } from "react";
import { createContext } from "../server/context.ts";
import { createCaller, portalRouter } from "../server/routers/root.ts";
import { services } from "../server/services.ts";

export const getQueryClient = cache(createQueryClient);

/** One request's context: who is signed in is looked up once, however many procedures a page prefetches. */
const requestContext = cache(async () => createContext(services(), new Headers(await headers())));

/** The router for pages on the server: the same procedures and checks, without HTTP. */
export const trpc = createTRPCOptionsProxy({ router: portalRouter, ctx: requestContext, queryClient: getQueryClient });

export const caller = cache(async () => createCaller(await requestContext()));

/** The reader's role in a workspace, to read ahead only what they may see; undefined when they are no member. */
export async function roleIn(slug: string): Promise<Role | undefined> {
  const session = await (await caller()).session.current();
  return session?.workspaces.find((workspace) => workspace.slug === slug)?.role;
}

/** Hands what the server has read to the browser. What a page has read ahead it awaits. */
export function HydrateClient({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>;
}
