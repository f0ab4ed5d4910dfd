"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink, type TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import superjson from "superjson";
import { createQueryClient } from "../lib/query-client.ts";

const url = "/api/trpc";

/** Queries go in batches; live news come by server-sent events, which reconnect by themselves from the last id. */
const link: TRPCLink<AnyTRPCRouter> = splitLink({
  condition: (operation) => operation.type === "subscription",
  true: httpSubscriptionLink({ url, transformer: superjson }),
  false: httpBatchLink({ url, transformer: superjson }),
});

/** An app's own procedures for its components: the hooks, and the provider that goes around every page. Asked at `/api/trpc`. */
export function createTrpc<Router extends AnyTRPCRouter>() {
  const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<Router>();
  function TRPCClientProvider({ children }: { children: ReactNode }) {
    const [queryClient] = useState(createQueryClient);
    const [client] = useState(() => createTRPCClient<Router>({ links: [link as TRPCLink<Router>] }));
    return (
      <QueryClientProvider client={queryClient}>
        <TRPCProvider trpcClient={client} queryClient={queryClient}>
          {children}
        </TRPCProvider>
      </QueryClientProvider>
    );
  }
  return { TRPCClientProvider, useTRPC, useTRPCClient };
}
