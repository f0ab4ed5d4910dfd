"use client";

import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "../../../../trpc/client.tsx";
import { ErasureDialog } from "./erasure-dialog.tsx";

/** So long the word that it was asked for stays, before the page goes where the person still may be. */
const readMs = 4_000;

/** A member asks for their own erasure. What they stored belongs to the workspace and stays, without their name. */
export function EraseMyself({ slug, name }: { slug: string; name: string }) {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const preview = useQuery({ ...trpc.erasure.previewOwn.queryOptions({ slug }), enabled: open });
  const request = useMutation(trpc.erasure.requestOwn.mutationOptions());
  return (
    <ErasureDialog
      open={open}
      onOpenChange={setOpen}
      label={{ text: "Erase me" }}
      title="Erase yourself from this workspace?"
      description="For your right to be forgotten. To give up your access alone, leave instead."
      whose="your"
      preview={preview}
      lastOwner="You are the last owner. Make someone else owner first, or close the workspace."
      documents="keep"
      typedName={name}
      actionLabel="Erase me"
      problem={request.error}
      onConfirm={async (given) => {
        await request.mutateAsync({ slug, ...given });
        toast.success("Your erasure has begun", {
          description: "Your access ends within a minute. The workspace's owners get the certificate; ask them for it.",
          duration: readMs,
        });
        setTimeout(() => window.location.assign("/"), readMs);
      }}
    />
  );
}
