"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { DecisionDialog } from "../../../components/decision-dialog.tsx";
import { useDecided } from "../../../components/use-decided.ts";
import { useTRPC } from "../../../trpc/client.tsx";
import type { OperatorRow } from "./client.tsx";

/** Takes another operator's second factor away, with a reason. */
export function ResetOperatorSecondFactor({ operator: { operatorId, name } }: { operator: OperatorRow }) {
  const decided = useDecided();
  const mutation = useMutation(useTRPC().operators.resetSecondFactor.mutationOptions());
  return (
    <DecisionDialog
      trigger={
        <Button size="sm" variant="secondary" aria-label={`Reset second factor of ${name}`}>
          Reset second factor
        </Button>
      }
      title={`Reset the second factor of ${name}?`}
      description="Only when you are sure who is asking: until they set up a new one, their password alone lets somebody in. They are signed out everywhere."
      actionLabel="Reset second factor"
      reasonLabel="How you know that it is them"
      destructive
      onDecide={async ({ reason }) => {
        await mutation.mutateAsync({ operatorId, reason });
        await decided(`The second factor of ${name} is gone`, "They sign in with their password and set up a new one.");
      }}
    />
  );
}
