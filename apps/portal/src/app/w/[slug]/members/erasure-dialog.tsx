"use client";

import type { ErasureChoice } from "@leasehold/domain/offboarding/erasure";
import { CodeField } from "@leasehold/ui/components/code-field";
import { ConfirmDialog } from "@leasehold/ui/components/confirm-dialog";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { Button } from "@leasehold/ui/components/ui/button";
import { type ReactNode, useRef, useState } from "react";
import { fieldError, messageOf, reasonOf } from "../../../../lib/errors.ts";
import { consequencesOf, type Found } from "./erasure-consequences.ts";

interface ErasureDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  label: { text: string; full?: string };
  title: string;
  description: string;
  whose: "their" | "your";
  preview: { data: Found | undefined; error: unknown };
  /** What is said to the last owner, who cannot be erased. */
  lastOwner: string;
  documents: ErasureChoice;
  typedName: string;
  actionLabel: string;
  /** What the request answered. */
  problem: unknown;
  onConfirm: (given: { password?: string; code?: string; idempotencyKey: string }) => Promise<void>;
  children?: ReactNode;
}

/** Asks for an erasure: what it finds, with counts, what stands against it, and that nothing of it is taken back. */
export function ErasureDialog(props: ErasureDialogProps) {
  const { open, onOpenChange, label, title, description, whose, preview, lastOwner, documents, typedName, actionLabel, problem } = props;
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const asksCode = ["code-needed", "code-wrong"].includes(reasonOf(problem) ?? "");
  // One wish is one key, however often it is sent.
  const key = useRef(crypto.randomUUID());
  const found = preview.data;
  const refusal = found?.legalHold
    ? "The workspace is under a legal hold: nobody is erased from it until the hold is released."
    : found?.lastOwner
      ? lastOwner
      : undefined;
  const failure = preview.error ?? problem;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      trigger={
        <Button variant="ghost" size="sm" aria-label={label.full}>
          {label.text}
        </Button>
      }
      title={title}
      description={description}
      consequences={consequencesOf(found, whose, documents)}
      undo="Nothing of this can be taken back."
      typedName={typedName}
      actionLabel={actionLabel}
      onConfirm={async () => {
        if (refusal !== undefined) throw new Error(refusal);
        await props.onConfirm({ idempotencyKey: key.current, ...(password === "" ? {} : { password }), ...(code === "" ? {} : { code }) });
        key.current = crypto.randomUUID();
        setPassword("");
        setCode("");
      }}
      error={refusal ?? (failure ? messageOf(failure) : undefined)}
    >
      {props.children}
      {asksCode ? (
        <CodeField
          label="Code of your app, or a recovery code"
          value={code}
          error={fieldError(problem, "code")}
          onChange={(event) => setCode(event.target.value)}
        />
      ) : (
        <PasswordField
          label="Your password"
          hint="Needed if you signed in more than five minutes ago and have no second factor."
          value={password}
          autoComplete="current-password"
          error={fieldError(problem, "password")}
          onChange={(event) => setPassword(event.target.value)}
        />
      )}
    </ConfirmDialog>
  );
}
