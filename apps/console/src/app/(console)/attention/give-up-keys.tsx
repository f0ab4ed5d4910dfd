"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useId } from "react";
import { DecisionDialog } from "../../../components/decision-dialog.tsx";
import { Permitted } from "../../../components/permitted.tsx";
import { useDecided } from "../../../components/use-decided.ts";
import { useTRPC } from "../../../trpc/client.tsx";
import type { UnreadableKeysOf } from "./unreadable-keys.tsx";

/** Asks to give up keys that do not open, and decides about it: two operators, as for everything that is destroyed. */
export function GiveUpKeys({ of: { tenantId, tenantName, loss } }: { of: UnreadableKeysOf }) {
  const decided = useDecided();
  const trpc = useTRPC();
  const request = useMutation(trpc.keyLosses.request.mutationOptions());
  const decide = useMutation(trpc.keyLosses.decide.mutationOptions());
  const whyNot = useId();
  if (loss?.agreed) return <p className="text-muted-foreground text-sm">Two operators gave them up. The epoch is looked at again.</p>;
  if (loss === null) {
    return (
      <Permitted scope="tenants:close">
        <DecisionDialog
          trigger={
            <Button size="sm" variant="secondary" aria-label={`Give up keys of ${tenantName}`}>
              Give up…
            </Button>
          }
          title={`Give up the keys of ${tenantName} that do not open?`}
          description="Only when no backup of the keyring has them. Another operator has to agree. Then they are destroyed, what was encrypted under them is lost for good, and the tenant is told."
          actionLabel="Ask to give them up"
          destructive
          onDecide={async ({ reason }) => {
            await request.mutateAsync({ tenantId, reason });
            await decided("Asked for", "Another operator has to agree.");
          }}
        />
      </Permitted>
    );
  }
  const settle = (decision: "approve" | "reject") => async (input: { reason: string }) => {
    await decide.mutateAsync({ tenantId, lossId: loss.lossId, decision, reason: input.reason });
    await decided(decision === "approve" ? `Keys of ${tenantName} given up` : "Rejected: the keys stay");
  };
  return (
    <div className="flex w-full flex-col gap-2">
      <p className="break-words text-warning-text">To be given up: {loss.reason}</p>
      <Permitted scope="tenants:close">
        <div className="flex flex-wrap gap-2">
          <DecisionDialog
            trigger={
              <Button
                size="sm"
                variant="destructive"
                disabled={loss.ownRequest}
                aria-label={`Approve giving up keys of ${tenantName}`}
                aria-describedby={loss.ownRequest ? whyNot : undefined}
              >
                <Check aria-hidden="true" />
                Approve
              </Button>
            }
            title={`Give up keys of ${tenantName}?`}
            description="What still does not open is destroyed. What was encrypted under it cannot be read by anybody again, not from a backup either."
            actionLabel="Give up for good"
            typedName={tenantName}
            destructive
            onDecide={settle("approve")}
          />
          <DecisionDialog
            trigger={
              <Button size="sm" variant="secondary" aria-label={`Reject giving up keys of ${tenantName}`}>
                <X aria-hidden="true" />
                Reject
              </Button>
            }
            title="Keep these keys?"
            description="They stay as they are, and the epoch stays held for them. It can be asked for again."
            actionLabel="Reject"
            onDecide={settle("reject")}
          />
        </div>
      </Permitted>
      {loss.ownRequest ? (
        <p id={whyNot} className="text-muted-foreground text-sm">
          You asked for this: another operator has to approve it.
        </p>
      ) : null}
    </div>
  );
}
