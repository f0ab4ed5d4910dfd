"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useTRPC } from "../trpc/client.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import { Permitted } from "./permitted.tsx";
import { useDecided } from "./use-decided.ts";

/** Approve and reject, for an onboarding that waits for a person. */
export function ApprovalActions({ tenantId, tenantName, operationId }: { tenantId: string; tenantName: string; operationId: string }) {
  const trpc = useTRPC();
  const decided = useDecided();
  const mutation = useMutation(trpc.operations.decide.mutationOptions());
  const decide = (decision: "approve" | "reject") => async (input: { reason: string; idempotencyKey: string }) => {
    await mutation.mutateAsync({ tenantId, operationId, decision, ...input });
    await decided(decision === "approve" ? `${tenantName} approved` : `${tenantName} rejected`);
  };
  return (
    <Permitted scope="tenants:onboard">
      <div className="flex flex-wrap gap-2">
        <DecisionDialog
          trigger={
            <Button size="sm" aria-label={`Approve ${tenantName}`}>
              <Check aria-hidden="true" />
              Approve
            </Button>
          }
          title={`Approve ${tenantName}?`}
          description="The onboarding starts at once and builds a stack of its own for this tenant, which costs from then on. It can be rolled back while it runs."
          actionLabel="Approve"
          onDecide={decide("approve")}
        />
        <DecisionDialog
          trigger={
            <Button size="sm" variant="secondary" aria-label={`Reject ${tenantName}`}>
              <X aria-hidden="true" />
              Reject
            </Button>
          }
          title={`Reject ${tenantName}?`}
          description="The sign-up ends, nothing is created and its address becomes free. This cannot be undone; the organization may sign up again."
          actionLabel="Reject"
          destructive
          onDecide={decide("reject")}
        />
      </div>
    </Permitted>
  );
}
