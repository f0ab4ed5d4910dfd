"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { DecisionDialog } from "../../../components/decision-dialog.tsx";
import { useDecided } from "../../../components/use-decided.ts";
import { useTRPC } from "../../../trpc/client.tsx";
import type { OperatorRow } from "./client.tsx";

/** Deactivates an operator, or lets them in again, with a reason. */
export function ChangeStanding({ operator: { operatorId, name, active } }: { operator: OperatorRow }) {
  const decided = useDecided();
  const mutation = useMutation(useTRPC().operators.changeStanding.mutationOptions());
  const action = active ? "Deactivate" : "Reactivate";
  return (
    <DecisionDialog
      trigger={
        <Button size="sm" variant="secondary" aria-label={`${action} ${name}`}>
          {action}
        </Button>
      }
      title={`${action} ${name}?`}
      description={
        active
          ? "They are signed out everywhere at once and cannot sign in. What they asked for and nobody has approved can only be rejected; what they approved before stands."
          : "They can sign in again, with the role that they had."
      }
      actionLabel={action}
      destructive={active}
      onDecide={async ({ reason }) => {
        await mutation.mutateAsync({ operatorId, active: !active, reason });
        await decided(active ? `${name} is deactivated` : `${name} can sign in again`);
      }}
    />
  );
}
