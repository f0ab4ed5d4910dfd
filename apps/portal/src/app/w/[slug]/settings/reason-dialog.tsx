"use client";

import { Field } from "@leasehold/ui/components/field";
import { Button } from "@leasehold/ui/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle, DialogTrigger } from "@leasehold/ui/components/ui/dialog";
import { Textarea } from "@leasehold/ui/components/ui/textarea";
import { type FormEvent, type ReactNode, useState } from "react";
import { messageOf } from "../../../../lib/errors.ts";

interface ReasonDialogProps {
  trigger: ReactNode;
  title: string;
  /** Exactly what will happen. */
  description: ReactNode;
  actionLabel: string;
  /** Sent under one key for each time the dialog is opened, however often the button is pressed. */
  onDecide: (decision: { reason: string; idempotencyKey: string }) => Promise<unknown>;
}

/** Asks for the reason of a change, which the audit log keeps. */
export function ReasonDialog({ trigger, title, description, actionLabel, onDecide }: ReasonDialogProps) {
  const [open, setOpen] = useState(false);
  const [idempotencyKey, setKey] = useState("");
  const [reason, setReason] = useState("");
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string>();
  const change = (next: boolean) => {
    if (pending) return;
    if (next) setKey(crypto.randomUUID());
    setReason("");
    setError(undefined);
    setOpen(next);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    if (reason.trim().length < 3) return setError("Say why, in a few words.");
    setPending(true);
    try {
      await onDecide({ reason: reason.trim(), idempotencyKey });
      setOpen(false);
    } catch (problem) {
      setError(messageOf(problem));
    } finally {
      setPending(false);
    }
  };
  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent>
        <form onSubmit={submit} noValidate className="flex flex-col gap-4">
          <DialogHeader>
            <DialogTitle>{title}</DialogTitle>
            <DialogDescription>{description}</DialogDescription>
          </DialogHeader>
          <Field label="Reason" error={error} description="Kept in the audit log with your name.">
            <Textarea value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} rows={3} />
          </Field>
          <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
            <Button type="button" variant="secondary" onClick={() => change(false)} disabled={pending}>
              Cancel
            </Button>
            <Button type="submit" pending={pending}>
              {actionLabel}
            </Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
