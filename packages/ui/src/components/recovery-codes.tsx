"use client";

import { Check, Copy, Download } from "lucide-react";
import { useState } from "react";
import { Button } from "./ui/button.tsx";

/** Codes that are shown this once, each good for one sign-in. */
export function RecoveryCodes({ codes, filename, onDone }: { codes: readonly string[]; filename: string; onDone: () => void }) {
  const [copied, setCopied] = useState(false);
  const text = `${codes.join("\n")}\n`;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  const download = () => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = filename;
    link.click();
    URL.revokeObjectURL(url);
  };
  const Mark = copied ? Check : Copy;
  return (
    <div className="flex flex-col gap-4">
      <p role="status">
        Keep these recovery codes where you keep your passwords. Each signs you in once without the app. They are not shown again.
      </p>
      <ul
        aria-label="Recovery codes"
        className="grid grid-cols-1 gap-x-6 gap-y-1 rounded-md bg-muted p-4 font-mono min-[400px]:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <span aria-live="polite" className="sr-only">
          {copied ? "Copied" : ""}
        </span>
        <Button type="button" variant="secondary" onClick={() => void copy()}>
          <Mark aria-hidden="true" />
          {copied ? "Copied" : "Copy"}
        </Button>
        <Button type="button" variant="secondary" onClick={download}>
          <Download aria-hidden="true" />
          Download
        </Button>
        <Button type="button" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}
