"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from "@leasehold/ui/components/ui/dialog";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { formatBytes } from "@leasehold/ui/lib/format";
import { useQuery } from "@tanstack/react-query";
import { bodyHref, type Entry } from "./entry.ts";

const shownCharacters = 100_000;

/** A text or an image, shown as what it is and nothing more: text as text, images in an image element. */
export function Preview({ slug, entry, onClose }: { slug: string; entry: Entry | undefined; onClose: () => void }) {
  if (entry?.kind !== "document") return null;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent className="sm:max-w-3xl">
        <DialogHeader>
          <DialogTitle className="wrap-anywhere">{entry.name}</DialogTitle>
          <DialogDescription>{formatBytes(entry.sizeBytes)}</DialogDescription>
        </DialogHeader>
        {entry.preview === "image" ? (
          <div className="grid max-h-[60dvh] min-h-40 place-items-center overflow-auto rounded-lg border bg-muted">
            <img src={bodyHref(slug, entry.documentId, "inline")} alt={entry.name} className="max-h-[58dvh] max-w-full object-contain" />
          </div>
        ) : (
          <TextBody href={bodyHref(slug, entry.documentId, "inline")} name={entry.name} />
        )}
        <DialogFooter>
          <Button asChild variant="secondary">
            <a href={bodyHref(slug, entry.documentId)} download>
              Download
            </a>
          </Button>
          <Button onClick={onClose}>Close</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

function TextBody({ href, name }: { href: string; name: string }) {
  const text = useQuery({
    queryKey: ["document-text", href],
    queryFn: async () => {
      const answer = await fetch(href);
      if (!answer.ok) throw new Error("The document could not be opened.");
      return (await answer.text()).slice(0, shownCharacters);
    },
  });
  if (text.error) return <p role="alert">The document could not be opened. Close the preview and try again.</p>;
  if (text.data === undefined) return <Skeleton className="h-60" />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to scroll by keyboard too
    <section aria-label={`Contents of ${name}`} tabIndex={0} className="max-h-[60dvh] overflow-auto rounded-lg border bg-muted">
      <pre className="whitespace-pre-wrap break-words p-4 font-mono text-sm">{text.data}</pre>
    </section>
  );
}
