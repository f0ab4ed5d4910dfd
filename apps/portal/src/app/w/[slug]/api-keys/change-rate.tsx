"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@leasehold/ui/components/ui/dialog";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FormAlert } from "../../../../components/form-alert.tsx";
import { useWorkspace } from "../../../../components/workspace-shell.tsx";
import { formError } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import type { ApiKey } from "./client.tsx";
import { RateFields, rateFields, readRate } from "./rate-fields.tsx";

export function ChangeRate({ slug, apiKey: { keyId, name, rate, revokedAt } }: { slug: string; apiKey: ApiKey }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { plan } = useWorkspace();
  const [open, setOpen] = useState(false);
  const change = useMutation(
    trpc.apiKeys.change.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        toast.success("Rate changed");
        return queries.invalidateQueries(trpc.apiKeys.list.queryFilter({ slug }));
      },
    }),
  );
  if (revokedAt) return null;
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        change.reset();
      }}
    >
      <DialogTrigger asChild>
        <Button variant="ghost" size="sm" aria-label={`Change the rate of ${name}`}>
          Rate
        </Button>
      </DialogTrigger>
      <DialogContent>
        <form
          noValidate
          className="contents"
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate({ slug, keyId, rate: readRate(new FormData(event.currentTarget), plan) });
          }}
        >
          <DialogHeader>
            <DialogTitle>Rate of {name}</DialogTitle>
            <DialogDescription>How fast programs may ask with this key. It holds within five seconds.</DialogDescription>
          </DialogHeader>
          <div className="flex flex-col gap-4">
            <FormAlert>{formError(change.error, rateFields)}</FormAlert>
            <RateFields plan={plan} rate={rate} error={change.error} />
          </div>
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="secondary">Cancel</Button>
            </DialogClose>
            <Button type="submit" pending={change.isPending}>
              Change rate
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
