"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { useState } from "react";

/** The statements that an organization adds to its key's policy, to copy as they are. */
export function KeyPolicy({ policy }: { policy: string | null }) {
  const [copied, setCopied] = useState(false);
  if (policy === null) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(policy);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_600);
  };
  return (
    <details className="rounded-lg border bg-card">
      <summary className="cursor-pointer px-4 py-3 font-medium">Statements for the key’s policy</summary>
      <div className="flex flex-col gap-3 border-t px-4 py-3">
        <p className="text-muted-foreground text-sm">
          Leasehold’s account looks at the key, wraps new data keys for this workspace, and gives this workspace’s role one grant to encrypt
          and decrypt. All of it is bound to this workspace by the encryption context.
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard */}
        <pre tabIndex={0} className="max-h-80 overflow-auto rounded-md bg-muted p-3 text-xs">
          {policy}
        </pre>
        <Button type="button" size="sm" variant="secondary" className="self-start" onClick={copy}>
          {copied ? "Copied" : "Copy"}
        </Button>
      </div>
    </details>
  );
}
