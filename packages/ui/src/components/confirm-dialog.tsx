"use client";

import { Minus, Undo2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Field } from "./field.tsx";
import {
  AlertDialog,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogHeader,
  AlertDialogTitle,
  AlertDialogTrigger,
} from "./ui/alert-dialog.tsx";
import { Button } from "./ui/button.tsx";
import { Input } from "./ui/input.tsx";

export interface ConfirmDialogProps {
  trigger?: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  title: string;
  description: ReactNode;
  /** Exactly what will happen, one line each. */
  consequences?: readonly ReactNode[];
  /** What can be undone, and until when; or that nothing can. */
  undo?: ReactNode;
  /** What else has to be chosen or given. */
  children?: ReactNode;
  /** The name that has to be typed before the action can be pressed. */
  typedName?: string;
  actionLabel: string;
  destructive?: boolean;
  /** The dialog closes when it resolves; when it throws, it stays open and shows `error`. */
  onConfirm: () => void | Promise<void>;
  error?: ReactNode;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    trigger,
    title,
    description,
    consequences = [],
    undo,
    typedName,
    actionLabel,
    destructive = true,
    onConfirm,
    error,
    children,
  } = props;
  const [ownOpen, setOwnOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [pending, setPending] = useState(false);
  const [failed, setFailed] = useState(false);
  const change = (open: boolean) => {
    if (pending) return;
    setTyped("");
    setFailed(false);
    setOwnOpen(open);
    props.onOpenChange?.(open);
  };
  const allowed = typedName === undefined || typed === typedName;
  const confirm = async () => {
    if (!allowed || pending) return;
    setPending(true);
    try {
      await onConfirm();
      setOwnOpen(false);
      setTyped("");
      props.onOpenChange?.(false);
    } catch {
      setFailed(true);
    } finally {
      setPending(false);
    }
  };
  return (
    <AlertDialog open={props.open ?? ownOpen} onOpenChange={change}>
      {trigger ? <AlertDialogTrigger asChild>{trigger}</AlertDialogTrigger> : null}
      <AlertDialogContent>
        <form
          className="contents"
          onSubmit={(event) => {
            event.preventDefault();
            void confirm();
          }}
        >
          <AlertDialogHeader>
            <AlertDialogTitle>{title}</AlertDialogTitle>
            <AlertDialogDescription>{description}</AlertDialogDescription>
          </AlertDialogHeader>
          {consequences.length > 0 || undo ? (
            <ul className="flex flex-col gap-2 rounded-lg border bg-muted/50 p-4">
              {consequences.map((consequence, index) => (
                <li key={index} className="flex gap-2">
                  <Minus aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
                  <span>{consequence}</span>
                </li>
              ))}
              {undo ? (
                <li className="flex gap-2 text-muted-foreground">
                  <Undo2 aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
                  <span>{undo}</span>
                </li>
              ) : null}
            </ul>
          ) : null}
          {children}
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
          {error || failed ? (
            <p role="alert" className="text-danger-text">
              {error ?? "It was not done, and nothing has changed. Try again."}
            </p>
          ) : null}
          <div className="flex flex-col-reverse gap-2 pt-2 sm:flex-row sm:justify-end">
            <AlertDialogCancel type="button" disabled={pending}>
              Cancel
            </AlertDialogCancel>
            <Button type="submit" variant={destructive ? "destructive" : "default"} disabled={!allowed} pending={pending}>
              {actionLabel}
            </Button>
          </div>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}
