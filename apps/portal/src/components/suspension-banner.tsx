"use client";

import { suspensionPresentation } from "@leasehold/domain/suspension/kinds";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { skipToken, useQuery } from "@tanstack/react-query";
import { PauseCircle } from "lucide-react";
import Link from "next/link";
import { useTRPC } from "../trpc/client.tsx";
import type { Workspace } from "./workspace-shell.tsx";

/** Says on every page, to owners whom a suspension lets read, what it is and how it ends; nothing at all otherwise. */
export function SuspensionBanner({ workspace: { slug, state } }: { workspace: Workspace }) {
  const { data } = useQuery(useTRPC().workspace.suspension.queryOptions(state === "SUSPENDED" ? { slug } : skipToken));
  if (!data) return null;
  return (
    <div role="status" className="mb-6 flex gap-3 rounded-lg border border-warning-solid/50 bg-warning-soft px-4 py-3 text-warning-text">
      <PauseCircle aria-hidden="true" className="mt-0.5 size-5 shrink-0" />
      <div className="flex min-w-0 flex-col gap-1">
        <p className="font-medium">This workspace is suspended</p>
        <p className="text-pretty">
          {data.kind ? `${suspensionPresentation[data.kind].toOwners} ` : null}
          {data.since ? (
            <>
              It became read-only <RelativeTime value={data.since} />.{" "}
            </>
          ) : null}
          Owners read and export; everybody else and every API key is refused until it ends. Answer the mail that we sent to its owners to
          talk to us.{" "}
          <Link href={`/w/${slug}/settings?tab=export`} className="font-medium underline underline-offset-4">
            Export everything
          </Link>
        </p>
      </div>
    </div>
  );
}
