"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { DecisionDialog } from "../../../components/decision-dialog.tsx";
import { Permitted } from "../../../components/permitted.tsx";
import { type Decided, SecondOperator } from "../../../components/second-operator.tsx";
import { useDecided } from "../../../components/use-decided.ts";
import { useTRPC } from "../../../trpc/client.tsx";
import type { UnreadableKeysOf } from "./unreadable-keys.tsx";

/** Asks to give up keys that do not open, and decides about it: two operators, as for everything that is destroyed. */
export function GiveUpKeys({ of: { tenantId, tenantName, loss } }: { of: UnreadableKeysOf }) {
  const decided = useDecided();
  const trpc = useTRPC();
  const request = useMutation(trpc.keyLosses.request.mutationOptions());
  const decide = useMutation(trpc.keyLosses.decide.mutationOptions());
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
  const settle = async (decision: "approve" | "reject", { reason }: Decided) => {
    await decide.mutateAsync({ tenantId, lossId: loss.lossId, decision, reason });
    await decided(decision === "approve" ? `Keys of ${tenantName} given up` : "Rejected: the keys stay");
  };
  return (
    <div className="flex w-full flex-col gap-2">
      <p className="break-words text-warning-text">To be given up: {loss.reason}</p>
      <SecondOperator
        scope="tenants:close"
        tenantName={tenantName}
        ownRequest={loss.ownRequest}
        approve={{
          button: "Approve",
          label: `Approve giving up keys of ${tenantName}`,
          title: `Give up keys of ${tenantName}?`,
          description:
            "What still does not open is destroyed. What was encrypted under it cannot be read by anybody again, not from a backup either.",
          actionLabel: "Give up for good",
        }}
        reject={{
          label: `Reject giving up keys of ${tenantName}`,
          title: "Keep these keys?",
          description: "They stay as they are, and the epoch stays held for them. It can be asked for again.",
        }}
        onDecide={settle}
      />
    </div>
  );
}
