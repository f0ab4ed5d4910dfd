"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useId } from "react";
import { useTRPC } from "../trpc/client.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import { Permitted } from "./permitted.tsx";
import { useDecided } from "./use-decided.ts";

interface ClosingApprovalProps {
  tenantId: string;
  tenantName: string;
  operationId: string;
  /** The reader asked for it, so somebody else has to approve. */
  ownRequest: boolean;
}

/** The second pair of eyes on a closing that an operator asked for. */
export function ClosingApproval({ tenantId, tenantName, operationId, ownRequest }: ClosingApprovalProps) {
  const decided = useDecided();
  const mutation = useMutation(useTRPC().offboarding.decide.mutationOptions());
  const whyNot = useId();
  const decide = (decision: "approve" | "reject") => async (input: { reason: string; idempotencyKey: string }) => {
    const ids = { tenantId, operationId } as { tenantId: `tnt_${string}`; operationId: `op_${string}` };
    await mutation.mutateAsync({ ...ids, decision, ...input });
    await decided(decision === "approve" ? `Closing of ${tenantName} approved` : `Closing of ${tenantName} rejected`);
  };
  return (
    <Permitted scope="tenants:close">
      <div className="flex flex-col gap-2">
        <div className="flex flex-wrap gap-2">
          <DecisionDialog
            trigger={
              <Button
                size="sm"
                variant="destructive"
                disabled={ownRequest}
                aria-label={`Approve closing ${tenantName}`}
                aria-describedby={ownRequest ? whyNot : undefined}
              >
                <Check aria-hidden="true" />
                Approve closing
              </Button>
            }
            title={`Close ${tenantName}?`}
            description="The tenant is read-only at once and its owners are told. Its hold begins, in which you and they can cancel; after it everything is destroyed for good."
            actionLabel="Approve closing"
            typedName={tenantName}
            destructive
            onDecide={decide("approve")}
          />
          <DecisionDialog
            trigger={
              <Button size="sm" variant="secondary" aria-label={`Reject closing ${tenantName}`}>
                <X aria-hidden="true" />
                Reject
              </Button>
            }
            title={`Reject closing ${tenantName}?`}
            description="Nothing happens to the tenant. It can be asked for again."
            actionLabel="Reject"
            onDecide={decide("reject")}
          />
        </div>
        {ownRequest ? (
          <p id={whyNot} className="text-muted-foreground text-sm">
            You asked for this: another operator has to approve it.
          </p>
        ) : null}
      </div>
    </Permitted>
  );
}
