"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTRPC } from "../trpc/client.tsx";

/** Reads again whatever is on the page, after something was changed. */
export function useRefresh(): () => Promise<void> {
  const trpc = useTRPC();
  const client = useQueryClient();
  return useCallback(() => client.invalidateQueries(trpc.pathFilter()), [client, trpc]);
}

/** Reads the lists of all tenants again: something happened to one of them. */
export function useRefreshLists(): () => void {
  const trpc = useTRPC();
  const client = useQueryClient();
  return useCallback(() => {
    void client.invalidateQueries(trpc.tenants.list.pathFilter());
    void client.invalidateQueries(trpc.operations.attention.queryFilter());
  }, [client, trpc]);
}
