"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { DecisionDialog } from "../../../components/decision-dialog.tsx";
import { useDecided } from "../../../components/use-decided.ts";
import { useTRPC } from "../../../trpc/client.tsx";
import type { OperatorRow } from "./client.tsx";

/** Signs another operator out everywhere, with a reason. */
export function EndOperatorSessions({ operator: { operatorId, name } }: { operator: OperatorRow }) {
  const decided = useDecided();
  const mutation = useMutation(useTRPC().operators.endSessions.mutationOptions());
  return (
    <DecisionDialog
      trigger={
        <Button size="sm" variant="secondary" aria-label={`End sessions of ${name}`}>
          End sessions
        </Button>
      }
      title={`End the sessions of ${name}?`}
      description="They are signed out at once, in every browser, and can sign in again. To keep them out, deactivate them."
      actionLabel="End sessions"
      destructive
      onDecide={async ({ reason }) => {
        await mutation.mutateAsync({ operatorId, reason });
        await decided(`${name} is signed out`);
      }}
    />
  );
}
