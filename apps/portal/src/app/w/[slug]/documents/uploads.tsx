"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { UploadRow } from "@leasehold/ui/components/upload-row";
import { Upload } from "lucide-react";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { documentsHref } from "./search-params.ts";
import type { UploadFolder, Uploads } from "./use-uploads.ts";

interface UploadButtonProps {
  onFiles: (files: Iterable<File>) => void;
  variant?: "default" | "secondary";
  label?: string;
}

/** Opens the browser's choice of files; files dropped anywhere on the page are taken by the first of these. */
export function UploadButton({ onFiles, variant = "default", label = "Upload" }: UploadButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const take = useRef(onFiles);
  take.current = onFiles;
  useEffect(() => {
    if (variant !== "default") return;
    const over = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => {
      event.preventDefault();
      if (event.dataTransfer?.files.length) take.current(event.dataTransfer.files);
    };
    document.addEventListener("dragover", over);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("drop", drop);
    };
  }, [variant]);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        onChange={(event) => {
          if (event.target.files) onFiles(event.target.files);
          event.target.value = "";
        }}
      />
      <Button variant={variant} onClick={() => input.current?.click()}>
        <Upload aria-hidden="true" />
        {label}
      </Button>
    </>
  );
}

export function UploadList({ slug, uploads }: { slug: string; uploads: Uploads }) {
  if (uploads.items.length === 0) return null;
  const busy = uploads.items.some((item) => item.state === "sending");
  return (
    <div className="overflow-hidden rounded-lg border bg-card shadow-xs">
      <ul aria-label="Uploads" className="divide-y">
        {uploads.items.map((item) => (
          <UploadRow
            key={item.documentId}
            name={item.file.name}
            contentType={item.file.type}
            sizeBytes={item.file.size}
            sentBytes={item.sentBytes}
            state={item.state}
            error={item.error}
            detail={item.folder.folderId === uploads.folder.folderId ? undefined : <Elsewhere slug={slug} folder={item.folder} />}
            onRetry={() => uploads.retry(item.documentId)}
            onCancel={() => uploads.cancel(item.documentId)}
          />
        ))}
      </ul>
      {busy ? null : (
        <div className="flex justify-end border-t bg-muted/50 px-4 py-1.5">
          <Button variant="ghost" size="sm" onClick={uploads.clear}>
            Clear list
          </Button>
        </div>
      )}
    </div>
  );
}

/** For an upload that began in another folder than the one that is open now. */
function Elsewhere({ slug, folder: { folderId, name } }: { slug: string; folder: UploadFolder }) {
  return (
    <>
      in{" "}
      <Link href={documentsHref(slug, folderId ? { folder: folderId } : {})} className="underline underline-offset-2">
        {name}
      </Link>
    </>
  );
}
