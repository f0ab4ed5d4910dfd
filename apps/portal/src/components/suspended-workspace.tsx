import { suspensionPresentation } from "@leasehold/domain/suspension/kinds";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import type { inferRouterOutputs } from "@trpc/server";
import { PauseCircle } from "lucide-react";
import type { PortalRouter } from "../server/routers/root.ts";

type Suspension = NonNullable<inferRouterOutputs<PortalRouter>["workspace"]["suspension"]>;

/** What everybody sees whom a suspension keeps out of a workspace. */
export function SuspendedWorkspace({ name, isOwner, suspension }: { name: string; isOwner: boolean; suspension: Suspension | null }) {
  return (
    <>
      <h1 className="sr-only">{name} is suspended</h1>
      <EmptyState icon={PauseCircle} title={`${name} is suspended`} description={wordsFor(isOwner, suspension)} />
    </>
  );
}

function wordsFor(isOwner: boolean, suspension: Suspension | null): string {
  const kept = "Nothing was deleted: when the suspension ends, everything is as it was before, and this page opens by itself.";
  if (isOwner) {
    const why = suspension?.kind ? `${suspensionPresentation[suspension.kind].toOwners} ` : "";
    return `${why}Nobody gets in, and its API keys are refused. ${kept} Answer the mail that we sent to its owners to talk to us.`;
  }
  const who = suspension?.access === "read-only" ? "Only its owners get in, to read." : "Nobody gets in.";
  return `${who} ${kept} Ask one of its owners: they know how to reach us.`;
}
