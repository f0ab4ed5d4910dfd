"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { shortenId } from "@leasehold/ui/lib/format";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../trpc/client.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import { useDecided } from "./use-decided.ts";

/** Signs a person of a tenant out everywhere, with a reason. */
export function EndSessions({ tenantId, userId }: { tenantId: string; userId: string }) {
  const decided = useDecided();
  const mutation = useMutation(useTRPC().sessions.end.mutationOptions());
  return (
    <DecisionDialog
      trigger={
        <Button size="sm" variant="secondary" aria-label={`End sessions of ${userId}`}>
          End sessions
        </Button>
      }
      title={`End the sessions of ${shortenId(userId)}?`}
      description="They are signed out within seconds, in every browser and of every workspace that they are in. They can sign in again."
      actionLabel="End sessions"
      destructive
      onDecide={async ({ reason }) => {
        await mutation.mutateAsync({ tenantId, userId, reason });
        await decided("Their sessions are ending");
      }}
    />
  );
}
