"use client";

import { ReasonDialog as Dialog, type ReasonDialogProps } from "@leasehold/ui/components/reason-dialog";
import { messageOf } from "../lib/errors.ts";

/** Asks for the reason of a change, which the audit log keeps. */
export function ReasonDialog(props: Omit<ReasonDialogProps, "messageOf">) {
  return <Dialog reasonHint="Kept in the audit log with your name." messageOf={messageOf} {...props} />;
}
