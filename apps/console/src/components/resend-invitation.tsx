"use client";

import { Field } from "@leasehold/ui/components/field";
import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { useMutation } from "@tanstack/react-query";
import { MailPlus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../trpc/client.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import { useDecided } from "./use-decided.ts";

export interface ResendInvitationProps {
  tenantId: string;
  invitationId: string;
  maskedEmail: string;
}

/** Sends the first administrator's invitation again, with a new link. Operators cannot read the address, so they name it. */
export function ResendInvitation({ tenantId, invitationId, maskedEmail }: ResendInvitationProps) {
  const trpc = useTRPC();
  const decided = useDecided();
  const [email, setEmail] = useState("");
  const mutation = useMutation(trpc.tenants.resendInvitation.mutationOptions());
  const send = async (decision: { reason: string; idempotencyKey: string }) => {
    await mutation.mutateAsync({ tenantId, invitationId, administratorEmail: email, ...decision });
    setEmail("");
    await decided("Invitation sent again");
  };
  return (
    <DecisionDialog
      trigger={
        <Button size="sm" variant="secondary" aria-label={`Send again the invitation of ${maskedEmail}`}>
          <MailPlus aria-hidden="true" />
          Send again
        </Button>
      }
      title="Send the invitation again?"
      description={`A new link goes to the address below, which takes the place of ${maskedEmail}. The link that was sent before opens nothing any more.`}
      actionLabel="Send invitation"
      onDecide={send}
    >
      <Field label="Administrator’s email">
        <Input
          type="email"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          required
        />
      </Field>
    </DecisionDialog>
  );
}
