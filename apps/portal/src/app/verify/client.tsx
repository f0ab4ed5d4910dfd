"use client";

import type { CertificateKey } from "@leasehold/domain/offboarding/certificate";
import { type CertificateFile, type FilesVerdict, verifyFiles } from "@leasehold/tenancy/certificates/verify-files";
import { Section } from "@leasehold/ui/components/section";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Button } from "@leasehold/ui/components/ui/button";
import { cn } from "@leasehold/ui/lib/cn";
import { FileCheck2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { FileVerdict } from "./file-verdict.tsx";

/** Verifies files in the browser, with the keys that the page came with. */
export function VerifyCertificates({ keys, given }: { keys: CertificateKey[]; given: readonly { name: string; text: string }[] }) {
  const [files, setFiles] = useState<CertificateFile[]>(() =>
    given.map(({ name, text }) => ({ name, bytes: new TextEncoder().encode(text) })),
  );
  const [verdict, setVerdict] = useState<FilesVerdict>();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // From here on the network is not needed, for PDFs neither.
    void import("@leasehold/tenancy/certificates/pdf/render-pdf");
  }, []);
  useEffect(() => {
    let current = true;
    verifyFiles(files, keys).then((found) => {
      if (current) setVerdict(found);
    });
    return () => {
      current = false;
    };
  }, [files, keys]);

  const add = async (list: FileList | null) => {
    const added = await Promise.all(
      Array.from(list ?? [], async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
    );
    setFiles((before) => [...before, ...added]);
  };

  return (
    <div className="flex flex-col gap-8">
      <section
        aria-label="Files to verify"
        className={cn(
          "flex flex-col items-center gap-3 rounded-lg border border-dashed bg-card px-6 py-8 text-center transition-colors",
          over && "border-primary bg-primary-soft",
        )}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void add(event.dataTransfer.files);
        }}
      >
        <FileCheck2 aria-hidden="true" className="size-6 text-muted-foreground" />
        <p>Drop certificates here, as JSON or PDF. Two stamps of one closing are compared with each other.</p>
        <input
          ref={input}
          type="file"
          multiple
          accept=".json,.pdf,application/json,application/pdf"
          className="sr-only"
          tabIndex={-1}
          aria-label="Certificates"
          onChange={(event) => {
            void add(event.target.files);
            event.target.value = "";
          }}
        />
        <div className="flex gap-2">
          <Button variant="secondary" onClick={() => input.current?.click()}>
            Choose files
          </Button>
          {files.length > given.length ? (
            <Button variant="ghost" onClick={() => setFiles((before) => before.slice(0, given.length))}>
              Start over
            </Button>
          ) : null}
        </div>
        <p className="text-muted-foreground text-sm">
          {keys.length === 0
            ? "No key was published yet: nothing verifies."
            : `Verified with ${keys.length} published ${keys.length === 1 ? "key" : "keys"}.`}
        </p>
      </section>
      <div aria-live="polite" className="flex flex-col gap-8">
        {verdict !== undefined && verdict.links.length > 0 ? (
          <Section title="Together">
            <ul className="flex flex-col gap-2">
              {verdict.links.map(({ kind, from, to, holds, message }) => (
                <li key={`${kind} ${from} ${to}`} className="flex flex-wrap items-center gap-2">
                  <StatusBadge tone={holds ? "success" : "danger"} label={holds ? "Holds" : "Refused"} />
                  {message}
                </li>
              ))}
            </ul>
          </Section>
        ) : null}
        {verdict?.files.map((file, index) => (
          <FileVerdict key={`${index} ${file.name}`} {...file} />
        ))}
      </div>
    </div>
  );
}
