"use client";

import { toast } from "@leasehold/ui/components/ui/sonner";
import { useCallback } from "react";
import { useRefresh } from "./use-refresh.ts";

/** Says that a decision was taken, with what comes of it, and reads again whatever is on the page. */
export function useDecided(): (what: string, next?: string) => Promise<void> {
  const refresh = useRefresh();
  return useCallback(
    async (what, next) => {
      toast.success(what, { description: next });
      await refresh();
    },
    [refresh],
  );
}
