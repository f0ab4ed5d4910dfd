"use client";

import { MomentField } from "@leasehold/ui/components/moment-field";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { DecisionDialog } from "../../../../../components/decision-dialog.tsx";
import { useDecided } from "../../../../../components/use-decided.ts";
import { useTRPC } from "../../../../../trpc/client.tsx";
import type { Closing } from "./closing-tab.tsx";

const dayMs = 86_400_000;

interface HoldActionsProps {
  tenantId: `tnt_${string}`;
  tenantName: string;
  closing: Closing;
}

type Decision = { reason: string; idempotencyKey: string };
type Change = { change: "cancel" | "withdraw-shortening" } | { change: "extend" | "shorten"; endsAt: string };

/** What an operator decides about a hold. */
export function HoldActions({ tenantId, tenantName, closing: { operationId, hold, shortening } }: HoldActionsProps) {
  const decided = useDecided();
  const mutation = useMutation(useTRPC().offboarding.changeHold.mutationOptions());
  const decide = (done: string, change: () => Change) => async (decision: Decision) => {
    await mutation.mutateAsync({ tenantId, operationId, ...decision, ...change() });
    await decided(done);
  };
  const asked = shortening?.by.startsWith("user:") ?? false;
  return (
    <div className="flex flex-col gap-4">
      {shortening ? (
        <div role="status" className="flex flex-col gap-3 rounded-lg border bg-muted/50 p-4">
          <p>
            {asked ? "An owner asks" : "Leasehold has asked"} for an earlier end:{" "}
            <RelativeTime value={shortening.to} format="date-time" withZone />.{" "}
            {asked ? "It holds when an operator agrees." : "It holds when an owner agrees."}
          </p>
          <div className="flex flex-wrap gap-2">
            {asked ? (
              <DecisionDialog
                trigger={
                  <Button size="sm" variant="destructive">
                    Agree to the earlier end
                  </Button>
                }
                title="Agree to the earlier end?"
                description={
                  <>
                    The keys of {tenantName} are destroyed on <RelativeTime value={shortening.to} format="date-time" withZone />, and nobody
                    can bring anything back after it.
                  </>
                }
                actionLabel="Agree"
                destructive
                onDecide={decide("The hold is shortened", () => ({ change: "shorten", endsAt: shortening.to.toISOString() }))}
              />
            ) : null}
            <DecisionDialog
              trigger={
                <Button size="sm" variant="secondary">
                  {asked ? "Decline" : "Withdraw"}
                </Button>
              }
              title={asked ? "Decline the earlier end?" : "Withdraw the earlier end?"}
              description="The hold ends when it would have before."
              actionLabel={asked ? "Decline" : "Withdraw"}
              onDecide={decide(asked ? "Declined" : "Withdrawn", () => ({ change: "withdraw-shortening" }))}
            />
          </div>
        </div>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <DecisionDialog
          trigger={
            <Button size="sm" variant="secondary">
              Cancel the closing
            </Button>
          }
          title={`Cancel the closing of ${tenantName}?`}
          description="The tenant opens again as it was before, and its owners are told. It can be closed again at any time."
          actionLabel="Cancel the closing"
          onDecide={decide("The closing is cancelled", () => ({ change: "cancel" }))}
        />
        {hold ? (
          <>
            <EndDialog
              label="Extend"
              title="Extend the hold?"
              description="The tenant stays read-only until then. The hold is 365 days at most."
              initial={new Date(hold.endsAt.getTime() + 7 * dayMs)}
              allowed={(end) => end > hold.endsAt}
              onDecide={(end) => decide("The hold is extended", () => ({ change: "extend", endsAt: end.toISOString() }))}
            />
            {shortening ? null : (
              <EndDialog
                label="Ask for an earlier end"
                title="Ask for an earlier end?"
                description="The hold ends earlier only when an owner agrees to this very time."
                allowed={(end) => end < hold.endsAt}
                onDecide={(end) => decide("The owners see it now", () => ({ change: "shorten", endsAt: end.toISOString() }))}
              />
            )}
          </>
        ) : null}
      </div>
    </div>
  );
}

interface EndDialogProps {
  label: string;
  title: string;
  description: string;
  initial?: Date;
  allowed: (end: Date) => boolean;
  onDecide: (end: Date) => (decision: Decision) => Promise<void>;
}

function EndDialog({ label, title, description, initial, allowed, onDecide }: EndDialogProps) {
  const [end, setEnd] = useState(initial);
  return (
    <DecisionDialog
      trigger={
        <Button size="sm" variant="secondary">
          {label}
        </Button>
      }
      title={title}
      description={description}
      actionLabel={label === "Extend" ? "Extend" : "Ask"}
      ready={end !== undefined && allowed(end)}
      onOpenChange={() => setEnd(initial)}
      onDecide={async (decision) => {
        if (end !== undefined) await onDecide(end)(decision);
      }}
    >
      <MomentField label="New end" value={end} onChange={setEnd} />
    </DecisionDialog>
  );
}
