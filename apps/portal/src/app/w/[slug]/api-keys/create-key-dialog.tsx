"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle, DialogTrigger } from "@leasehold/ui/components/ui/dialog";
import { useState } from "react";
import { CreateKeyForm } from "./create-key-form.tsx";
import { MadeKey } from "./made-key.tsx";

/** The form, and then the key: its text is in the page until the dialog closes, and nowhere after. */
export function CreateKeyDialog({ slug }: { slug: string }) {
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<{ text: string | null } | null>(null);
  const close = () => {
    setOpen(false);
    setMade(null);
  };
  return (
    <Dialog open={open} onOpenChange={(next) => (next ? setOpen(true) : close())}>
      <DialogTrigger asChild>
        <Button>Create API key</Button>
      </DialogTrigger>
      {/* A stray press beside the dialog would take the key away for good. */}
      <DialogContent onInteractOutside={(event) => made && event.preventDefault()}>
        <DialogHeader>
          <DialogTitle>{made ? "Copy your API key" : "Create API key"}</DialogTitle>
          <DialogDescription>
            {made ? "It is shown this once. We keep no copy that can be read." : "The key is shown once, when it is made."}
          </DialogDescription>
        </DialogHeader>
        {made ? <MadeKey text={made.text} onDone={close} /> : <CreateKeyForm slug={slug} onMade={(text) => setMade({ text })} />}
      </DialogContent>
    </Dialog>
  );
}
