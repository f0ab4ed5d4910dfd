"use client";

import { Field } from "@leasehold/ui/components/field";
import { Button } from "@leasehold/ui/components/ui/button";
import { DialogFooter } from "@leasehold/ui/components/ui/dialog";
import { Textarea } from "@leasehold/ui/components/ui/textarea";
import { Check, Copy } from "lucide-react";
import { useState } from "react";

/** Null when the answer was lost and the form was sent again: the key is there, its text is gone. */
export function MadeKey({ text, onDone }: { text: string | null; onDone: () => void }) {
  const [copied, setCopied] = useState(false);
  if (text === null)
    return (
      <>
        <p role="alert">The key was made, and its text was lost on the way. Revoke it and create another one.</p>
        <DialogFooter>
          <Button onClick={onDone}>Close</Button>
        </DialogFooter>
      </>
    );
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  const Mark = copied ? Check : Copy;
  return (
    <>
      <Field label="API key" description="Send it as Authorization: Bearer, and keep it where your program keeps its secrets.">
        <Textarea
          readOnly
          value={text}
          rows={3}
          spellCheck={false}
          className="break-all font-mono"
          onFocus={(event) => event.currentTarget.select()}
        />
      </Field>
      <DialogFooter>
        <span aria-live="polite" className="sr-only">
          {copied ? "Copied" : ""}
        </span>
        <Button variant="secondary" onClick={copy}>
          <Mark aria-hidden="true" />
          {copied ? "Copied" : "Copy key"}
        </Button>
        <Button onClick={onDone}>Done</Button>
      </DialogFooter>
    </>
  );
}
