"use client";

import { hasScope } from "@leasehold/domain/roles";
import { Countdown } from "@leasehold/ui/components/countdown";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { DoorClosed } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { type Closing, useClosing } from "../lib/use-closing.ts";
import type { Workspace } from "./workspace-shell.tsx";

/**
 * Says on every page that the workspace is being closed, until when an owner can cancel, and how long that is. Whatever the workspace
 * becomes while the page is open, the page becomes too.
 */
export function ClosingBanner({ workspace: { slug, role, state } }: { workspace: Workspace }) {
  const router = useRouter();
  const found = useClosing(slug).data;
  const turned = found !== undefined && found.state !== state;
  useEffect(() => {
    if (turned) router.refresh();
  }, [turned, router]);
  if (found?.state !== "CLOSING" || !hasScope(role, "tenant:close") || found.closing === null) return null;
  return (
    <div role="status" className="mb-6 flex gap-3 rounded-lg border border-warning-solid/50 bg-warning-soft px-4 py-3 text-warning-text">
      <DoorClosed aria-hidden="true" className="mt-0.5 size-5 shrink-0" />
      <div className="flex min-w-0 flex-col gap-1">
        <p className="font-medium">This workspace is being closed</p>
        <p className="text-pretty">
          <Until closing={found.closing} />{" "}
          <Link href={`/w/${slug}/settings/closing`} className="font-medium underline underline-offset-4">
            Show or cancel
          </Link>
        </p>
      </div>
    </div>
  );
}

/** Until when what is decided can be undone. */
function Until({ closing: { hold, legalHolds, cancelledAt } }: { closing: Closing }) {
  if (cancelledAt !== null) return "It was cancelled: everything is being put back as it was.";
  if (hold === null) return "It is read-only. The hold, in which an owner can cancel, begins in a moment.";
  if (legalHolds.open > 0) return "It is read-only. Its end is paused by a legal hold; until that is released nothing is deleted.";
  return (
    <>
      It is read-only. Its keys are destroyed on <RelativeTime value={hold.endsAt} format="date-time" withZone className="font-medium" />,
      in <Countdown until={hold.endsAt} className="whitespace-nowrap font-medium tabular-nums" />. Until then an owner can cancel.
    </>
  );
}
