"use client";

import { isBeyondReturn } from "@leasehold/domain/offboarding/steps";
import type { OperationKind } from "@leasehold/domain/operations";
import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { RotateCw, Undo2 } from "lucide-react";
import { stepLabel } from "../lib/step-label.ts";
import { useTRPC } from "../trpc/client.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import { Permitted } from "./permitted.tsx";
import { useDecided } from "./use-decided.ts";

export interface InterventionActionsProps {
  tenantId: string;
  tenantName: string;
  operationId: string;
  step: string;
  kind: OperationKind;
  /** A decision is on its way already. */
  pending: boolean;
  /** A roll back has begun: it can only be finished. */
  undoing: boolean;
}

const rollBacks: Partial<Record<OperationKind, string>> = {
  onboarding:
    "Everything that was created is removed again, the tenant ends as not created and is shown by its id from then on, and its address becomes free. The operation and its audit rows stay. This cannot be undone; the organization would have to sign up again.",
  offboarding:
    "The closing is cancelled: the tenant opens again as it was before, and its owners are told. It can be closed again at any time.",
  keys: "The tenant stays as it is and works on. A change of key is taken back without asking KMS; a rotation stops, and both data keys stay readable. It can be asked for again.",
  suspension:
    "What was done is taken back: a tenant that was being suspended is active again, and one that was being resumed stays suspended. Nothing of it is lost, and it can be asked for again.",
};

/** Retry and roll back, for an operation that is parked at a step. */
export function InterventionActions({ tenantId, tenantName, operationId, step, kind, pending, undoing }: InterventionActionsProps) {
  const trpc = useTRPC();
  const decided = useDecided();
  const intervene = useMutation(trpc.operations.intervene.mutationOptions());
  const decide = (action: "retry-step" | "roll-back") => async (decision: { reason: string; idempotencyKey: string }) => {
    await intervene.mutateAsync({ tenantId, operationId, action, step, ...decision });
    await decided(action === "retry-step" ? "Retry requested" : "Roll back requested", "The worker carries it out within seconds.");
  };
  // Behind the point of no return nothing is undone, only done again.
  const beyond = kind === "offboarding" && isBeyondReturn(step);
  const rollBack = undoing ? "Finish roll back" : "Roll back";
  if (pending) return <p className="text-muted-foreground text-sm">A decision is on its way to the worker.</p>;
  return (
    <Permitted scope="operations:run">
      <div className="flex flex-wrap gap-2">
        {undoing ? null : (
          <DecisionDialog
            trigger={
              <Button size="sm" aria-label={`Retry step of ${tenantName}`}>
                <RotateCw aria-hidden="true" />
                Retry step
              </Button>
            }
            title={`Retry “${stepLabel(kind, step)}”?`}
            description={`The step of ${tenantName} runs again, and the operation goes on from there. If it fails again, the operation parks again; nothing is lost by trying.`}
            actionLabel="Retry step"
            onDecide={decide("retry-step")}
          />
        )}
        {beyond ? null : (
          <DecisionDialog
            trigger={
              <Button size="sm" variant="secondary" aria-label={`${rollBack} ${undoing ? "of " : ""}${tenantName}`}>
                <Undo2 aria-hidden="true" />
                {rollBack}
              </Button>
            }
            title={`${undoing ? "Finish rolling back" : "Roll back"} the ${kind} of ${tenantName}?`}
            description={rollBacks[kind] ?? rollBacks.onboarding}
            actionLabel={rollBack}
            typedName={tenantName}
            destructive
            onDecide={decide("roll-back")}
          />
        )}
      </div>
    </Permitted>
  );
}
