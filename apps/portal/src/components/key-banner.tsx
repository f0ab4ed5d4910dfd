"use client";

import { type KeyClosure, keyClosureLabels, type LostKey, lostKeyLabels } from "@leasehold/domain/keys/custody";
import { hasScope, type Role } from "@leasehold/domain/roles";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import Link from "next/link";
import { useTRPC } from "../trpc/client.tsx";

/** How often a page looks whether the key has turned, in milliseconds. */
const lookEveryMs = 10_000;

/** Says on every page that the organization has closed its workspace by its key, or that a key of it is lost; nothing at all otherwise. */
export function KeyBanner({ slug, role }: { slug: string; role: Role }) {
  const key = useQuery({ ...useTRPC().keys.state.queryOptions({ slug }), refetchInterval: lookEveryMs });
  const lost = key.data?.lost ?? [];
  return (
    <>
      {lost.length === 0 ? null : <LostKeys slug={slug} role={role} keys={lost} />}
      {key.data?.state === "CLOSED" ? <ClosedKey slug={slug} role={role} closedBy={key.data.closedBy} /> : null}
    </>
  );
}

function ClosedKey({ slug, role, closedBy }: { slug: string; role: Role; closedBy: KeyClosure | null }) {
  return (
    <div role="alert" className="mb-6 flex gap-3 rounded-lg border border-danger-solid/50 bg-danger-soft px-4 py-3 text-danger-text">
      <KeyRound aria-hidden="true" className="mt-0.5 size-5 shrink-0" />
      <div className="flex flex-col gap-1">
        <p className="font-medium">Your organization’s encryption key is disabled</p>
        <p>
          Nothing in this workspace can be read or written: {closedBy === null ? "the key cannot be used" : keyClosureLabels[closedBy]}.
          Nothing is lost. The workspace opens by itself, within a minute, when the key can be used again.{" "}
          {hasScope(role, "keys:manage") ? (
            <Link href={`/w/${slug}/settings?tab=data`} className="font-medium underline underline-offset-4">
              Show the key
            </Link>
          ) : null}
        </p>
      </div>
    </div>
  );
}

/** A loss is for good, so that this stays. */
function LostKeys({ slug, role, keys }: { slug: string; role: Role; keys: readonly LostKey[] }) {
  return (
    <div role="alert" className="mb-6 flex gap-3 rounded-lg border border-danger-solid/50 bg-danger-soft px-4 py-3 text-danger-text">
      <KeyRound aria-hidden="true" className="mt-0.5 size-5 shrink-0" />
      <div className="flex flex-col gap-1">
        <p className="font-medium">A key of this workspace is lost</p>
        <p>
          It could not be opened any more, was given up, and cannot be brought back. This is a fault on our side: ask support what to do.{" "}
          {hasScope(role, "keys:manage") ? (
            <Link href={`/w/${slug}/settings?tab=data`} className="font-medium underline underline-offset-4">
              Show the keys
            </Link>
          ) : null}
        </p>
        <ul className="list-disc pl-5">
          {keys.map(({ purpose, version, lostAt }) => (
            <li key={`${purpose} ${version} ${lostAt}`}>
              {purpose === "data" ? `Data key, version ${version}` : purpose === "index" ? "Index key" : "Key of runs"}, since{" "}
              <RelativeTime value={lostAt} format="date" />: {lostKeyLabels[purpose]}.
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
