"use client";

import { CopyId } from "@leasehold/ui/components/copy-id";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import type { ConsoleRouter } from "../../../server/router.ts";
import { useTRPC } from "../../../trpc/client.tsx";
import { GiveUpKeys } from "./give-up-keys.tsx";

export type UnreadableKeysOf = inferRouterOutputs<ConsoleRouter>["operations"]["unreadableKeys"][number];

/** Tenants with wrapped keys that do not open; nothing where there is none. */
export function UnreadableKeys() {
  const trpc = useTRPC();
  const { data: found = [] } = useQuery(trpc.operations.unreadableKeys.queryOptions());
  if (found.length === 0) return null;
  return (
    <Section
      title={`Keys that do not open (${found.length})`}
      description="Their epoch is held for them and keeps its KMS key; closings that need its end wait. Put the wrapped keys back from a backup of the keyring: the epoch is looked at again by itself. Where no backup has them, two operators can give them up."
    >
      {found.map((of) => {
        const { tenantId, tenantName, epoch, versions, since } = of;
        return (
          <article
            key={tenantId}
            aria-label={tenantName}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border bg-card p-4 shadow-xs"
          >
            <Link href={`/tenants/${tenantId}?tab=placement`} className="min-w-0 break-words rounded-sm font-medium hover:underline">
              {tenantName}
            </Link>
            <CopyId value={tenantId} label="tenant id" />
            <span>
              {versions.length === 1 ? "version" : "versions"} {versions.join(", ")} under epoch {epoch}
            </span>
            <span className="flex gap-1 text-muted-foreground text-sm">
              since <RelativeTime value={new Date(since)} />
            </span>
            <GiveUpKeys of={of} />
          </article>
        );
      })}
    </Section>
  );
}
