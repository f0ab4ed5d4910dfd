"use client";

import { ReasonDialog, type ReasonDialogProps } from "@leasehold/ui/components/reason-dialog";
import { errorMessage } from "../lib/errors.ts";

const hint = "Recorded with your name. Leave out names and addresses of people.";

/** A decision of an operator with its reason. */
export function DecisionDialog(props: Omit<ReasonDialogProps, "messageOf">) {
  return <ReasonDialog reasonHint={hint} messageOf={errorMessage} {...props} />;
}
