"use client";

import { MomentField } from "@leasehold/ui/components/moment-field";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Button } from "@leasehold/ui/components/ui/button";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonDialog } from "../../../../../components/reason-dialog.tsx";
import type { Closing } from "../../../../../lib/use-closing.ts";
import { useTRPC } from "../../../../../trpc/client.tsx";
import { PasswordAgain, usePasswordAgain } from "./password-again.tsx";

const dayMs = 86_400_000;

interface HoldActionsProps {
  slug: string;
  closing: Closing;
  onChanged: () => void;
}

/** What an owner decides about a hold: cancel, a later end, an earlier one together with Leasehold. */
export function HoldActions({ slug, closing, onChanged }: HoldActionsProps) {
  const trpc = useTRPC();
  const cancel = useMutation(trpc.offboarding.cancel.mutationOptions({ onSettled: onChanged }));
  if (closing.cancelledAt !== null) return null;
  const { operationId, hold } = closing;
  return (
    <div className="flex flex-col gap-4">
      {closing.shortening ? <Shortening slug={slug} closing={closing} onChanged={onChanged} /> : null}
      <div className="flex flex-wrap gap-2">
        <ReasonDialog
          trigger={<Button>Cancel the closing</Button>}
          title="Cancel the closing?"
          description="The workspace opens again as it was before: members get in, API keys work, and nothing was deleted. It can be closed again at any time."
          reasonLabel="Why"
          reasonHint="Kept with the closing."
          reasonOptional
          actionLabel="Cancel the closing"
          onDecide={async (decision) => {
            await cancel.mutateAsync({ slug, operationId, ...decision });
            toast.success("The closing is cancelled", { description: "The workspace opens again within seconds." });
          }}
        />
        {hold ? (
          <>
            <Extend slug={slug} operationId={operationId} hold={hold} onChanged={onChanged} />
            {closing.shortening ? null : <Shorten slug={slug} operationId={operationId} hold={hold} onChanged={onChanged} />}
          </>
        ) : null}
      </div>
    </div>
  );
}

type HoldProps = Pick<HoldActionsProps, "slug" | "onChanged"> & {
  operationId: Closing["operationId"];
  hold: NonNullable<Closing["hold"]>;
};

function Extend({ slug, operationId, hold, onChanged }: HoldProps) {
  const extend = useMutation(useTRPC().offboarding.extend.mutationOptions({ onSettled: onChanged }));
  const later = new Date(hold.endsAt.getTime() + 7 * dayMs);
  const [endsAt, setEnd] = useState<Date | undefined>(later);
  return (
    <ReasonDialog
      trigger={<Button variant="secondary">Extend</Button>}
      title="Extend the hold?"
      description="The workspace stays read-only until then. The hold is 365 days at most."
      reasonLabel="Why"
      reasonHint="Kept with the closing."
      reasonOptional
      actionLabel="Extend"
      ready={endsAt !== undefined && endsAt > hold.endsAt}
      onOpenChange={() => setEnd(later)}
      onDecide={async (decision) => {
        await extend.mutateAsync({ slug, operationId, endsAt: endsAt?.toISOString() ?? "", ...decision });
        toast.success("The hold is extended");
      }}
    >
      <MomentField
        label="New end"
        value={endsAt}
        onChange={setEnd}
        min={hold.endsAt}
        max={new Date(hold.beganAt.getTime() + 365 * dayMs)}
      />
    </ReasonDialog>
  );
}

function Shorten({ slug, operationId, hold, onChanged }: HoldProps) {
  const shorten = useMutation(useTRPC().offboarding.shorten.mutationOptions({ onSettled: onChanged }));
  const [endsAt, setEnd] = useState<Date>();
  const password = usePasswordAgain();
  return (
    <ReasonDialog
      trigger={<Button variant="ghost">Ask for an earlier end</Button>}
      title="Ask for an earlier end?"
      description="The hold ends earlier only when Leasehold agrees to this very time. Until then nothing changes, and you can withdraw it."
      reasonLabel="Why"
      reasonHint="Leasehold's operators read it."
      actionLabel="Ask"
      ready={endsAt !== undefined && endsAt < hold.endsAt && password.ready}
      onOpenChange={() => {
        setEnd(undefined);
        password.reset();
      }}
      onDecide={async (decision) => {
        await password.asking((given) =>
          shorten.mutateAsync({ slug, operationId, endsAt: endsAt?.toISOString() ?? "", ...given, ...decision }),
        );
        toast.success("Leasehold is asked");
      }}
    >
      <MomentField label="Earlier end" value={endsAt} onChange={setEnd} max={hold.endsAt} />
      <PasswordAgain again={password} />
    </ReasonDialog>
  );
}

/** An earlier end that waits for the other side. */
function Shortening({ slug, closing: { operationId, shortening }, onChanged }: HoldActionsProps) {
  const trpc = useTRPC();
  const shorten = useMutation(trpc.offboarding.shorten.mutationOptions({ onSettled: onChanged }));
  const withdraw = useMutation(trpc.offboarding.withdrawShortening.mutationOptions({ onSettled: onChanged }));
  const password = usePasswordAgain();
  if (!shortening) return null;
  const { to, by } = shortening;
  const ours = by === "owner";
  return (
    <div role="status" className="flex flex-col gap-3 rounded-lg border bg-muted/50 p-4">
      <p>
        {ours ? "You asked Leasehold" : "Leasehold asks you"} for an earlier end: <RelativeTime value={to} format="date-time" withZone />.{" "}
        {ours ? "It holds when Leasehold agrees." : "It holds only if an owner agrees."}
      </p>
      <div className="flex flex-wrap gap-2">
        {ours ? null : (
          <ReasonDialog
            trigger={<Button variant="destructive">Agree</Button>}
            title="Agree to the earlier end?"
            description={
              <>
                The keys are destroyed on <RelativeTime value={to} format="date-time" withZone />, and nothing can be brought back after it.
              </>
            }
            reasonLabel="Why"
            reasonOptional
            actionLabel="Agree"
            destructive
            ready={password.ready}
            onOpenChange={password.reset}
            onDecide={async (decision) => {
              await password.asking((given) => shorten.mutateAsync({ slug, operationId, endsAt: to.toISOString(), ...given, ...decision }));
              toast.success("The hold is shortened");
            }}
          >
            <PasswordAgain again={password} />
          </ReasonDialog>
        )}
        <ReasonDialog
          trigger={<Button variant="secondary">{ours ? "Withdraw" : "Decline"}</Button>}
          title={ours ? "Withdraw the earlier end?" : "Decline the earlier end?"}
          description="The hold ends when it would have before."
          reasonLabel="Why"
          reasonOptional
          actionLabel={ours ? "Withdraw" : "Decline"}
          onDecide={async (decision) => {
            await withdraw.mutateAsync({ slug, operationId, ...decision });
            toast.success(ours ? "Withdrawn" : "Declined");
          }}
        />
      </div>
    </div>
  );
}
