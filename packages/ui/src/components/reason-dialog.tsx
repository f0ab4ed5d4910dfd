"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { Field } from "./field.tsx";
import { Button } from "./ui/button.tsx";
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle, DialogTrigger } from "./ui/dialog.tsx";
import { Input } from "./ui/input.tsx";
import { Textarea } from "./ui/textarea.tsx";

export interface ReasonDialogProps {
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
  reasonLabel?: string;
  /** Who reads the reason, and what does not belong in it. */
  reasonHint?: string;
  /** Whether it may be left empty. */
  reasonOptional?: boolean;
  /** False while a field beside the reason lacks something. */
  ready?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Sent under one key for each time the dialog is opened, however often the button is pressed. */
  onDecide: (decision: { reason: string; idempotencyKey: string }) => Promise<unknown>;
  /** What a failure says to a person. */
  messageOf: (problem: unknown) => string;
}

/** A decision with its reason, which is recorded. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { trigger, title, description, actionLabel, destructive = false, children, typedName, ready = true } = props;
  const { reasonLabel = "Reason", reasonHint, reasonOptional = false, onDecide, onOpenChange, messageOf } = props;
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
    onOpenChange?.(next);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    if (!reasonOptional && reason.trim().length < 3) return setError("Say why, in a few words.");
    setPending(true);
    setError(undefined);
    setFailure(undefined);
    try {
      await onDecide({ reason: reason.trim(), idempotencyKey });
      setOpen(false);
      onOpenChange?.(false);
    } catch (problem) {
      setFailure(messageOf(problem));
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
          <Field label={reasonLabel} error={error} description={reasonHint} optional={reasonOptional}>
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
            <Button type="button" variant="secondary" onClick={() => change(false)} disabled={pending}>
              Cancel
            </Button>
            <Button
              type="submit"
              variant={destructive ? "destructive" : "default"}
              disabled={!ready || (typedName !== undefined && typed !== typedName)}
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
