"use client";

import { Field } from "@leasehold/ui/components/field";
import { Button } from "@leasehold/ui/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle, DialogTrigger } from "@leasehold/ui/components/ui/dialog";
import { Input } from "@leasehold/ui/components/ui/input";
import { Textarea } from "@leasehold/ui/components/ui/textarea";
import { type FormEvent, type ReactNode, useState } from "react";
import { errorMessage } from "../lib/errors.ts";

export interface DecisionDialogProps {
  trigger: ReactNode;
  title: string;
  /** Exactly what will happen, and what can be undone. */
  description: ReactNode;
  actionLabel: string;
  destructive?: boolean;
  /** Fields of the decision beside its reason. */
  children?: ReactNode;
  /** The name that has to be typed first, for what cannot be undone. */
  typedName?: string;
  /** Sent once for each time the dialog is opened, however often the button is pressed: the key stays the same. */
  onDecide: (decision: { reason: string; idempotencyKey: string }) => Promise<unknown>;
}

/** A decision with its reason, which is recorded. */
export function DecisionDialog({
  trigger,
  title,
  description,
  actionLabel,
  destructive = false,
  children,
  typedName,
  onDecide,
}: DecisionDialogProps) {
  const [open, setOpen] = useState(false);
  const [idempotencyKey, setKey] = useState("");
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const change = (next: boolean) => {
    if (pending) return;
    if (next) setKey(crypto.randomUUID());
    setReason("");
    setTyped("");
    setError(undefined);
    setFailure(undefined);
    setOpen(next);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    if (reason.trim().length < 3) return setError("Say why, in a few words.");
    setPending(true);
    setError(undefined);
    setFailure(undefined);
    try {
      await onDecide({ reason: reason.trim(), idempotencyKey });
      setOpen(false);
    } catch (problem) {
      setFailure(errorMessage(problem));
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
            <DialogDescription asChild>
              <div>{description}</div>
            </DialogDescription>
          </DialogHeader>
          {children}
          <Field label="Reason" error={error} description="Recorded with your name. Leave out names and addresses of people.">
            <Textarea value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} rows={3} />
          </Field>
          {typedName === undefined ? null : (
            <Field
              label={
                <span>
                  Type <b className="font-semibold">{typedName}</b> to confirm
                </span>
              }
            >
              <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" spellCheck={false} />
            </Field>
          )}
          {failure === undefined ? null : (
            <p role="alert" className="text-danger-text">
              {failure}
            </p>
          )}
          <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
            <Button variant="secondary" onClick={() => change(false)} disabled={pending}>
              Cancel
            </Button>
            <Button
              type="submit"
              variant={destructive ? "destructive" : "default"}
              disabled={typedName !== undefined && typed !== typedName}
              pending={pending}
            >
              {actionLabel}
            </Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
