"use client";

import { ErrorState } from "@leasehold/ui/components/error-state";
import { Field } from "@leasehold/ui/components/field";
import { Section } from "@leasehold/ui/components/section";
import { Button } from "@leasehold/ui/components/ui/button";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@leasehold/ui/components/ui/select";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { Switch } from "@leasehold/ui/components/ui/switch";
import { useNow } from "@leasehold/ui/lib/use-now";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { ReasonDialog } from "../../../../../components/reason-dialog.tsx";
import { messageOf, requestIdOf } from "../../../../../lib/errors.ts";
import { useTRPC } from "../../../../../trpc/client.tsx";
import { PasswordAgain, usePasswordAgain } from "./password-again.tsx";
import { WhatGoes } from "./what-goes.tsx";
import { WhatHappens } from "./what-happens.tsx";

const untold = "I would rather not say";
const reasons = [
  untold,
  "We no longer need it",
  "We move to another product",
  "It costs too much",
  "Something is missing",
  "We close down",
];

/** What would go, what happens when, and the confirmation. */
export function RequestClosing({ slug, onRequested }: { slug: string; onRequested: () => void }) {
  const trpc = useTRPC();
  const preview = useQuery({ ...trpc.offboarding.preview.queryOptions({ slug }), staleTime: 30_000 });
  const request = useMutation(trpc.offboarding.request.mutationOptions());
  const [withExport, setExport] = useState(true);
  const [why, setWhy] = useState(untold);
  const password = usePasswordAgain();
  const now = useNow(60_000);
  const switchId = useId();
  if (preview.error && !preview.data)
    return (
      <ErrorState
        title="What would go could not be counted"
        meaning={messageOf(preview.error)}
        requestId={requestIdOf(preview.error)}
        onRetry={() => void preview.refetch()}
        retrying={preview.isFetching}
      />
    );
  if (!preview.data || now === undefined) return <Skeleton className="h-96 w-full" />;
  const { name } = preview.data;
  return (
    <div className="flex max-w-3xl flex-col gap-8">
      <Section title="What goes" description="As it is counted now. The certificate will say what was there and what was found afterwards.">
        <WhatGoes preview={preview.data} />
      </Section>
      <Section title="What happens when">
        <div className="rounded-lg border bg-card p-5 shadow-xs">
          <WhatHappens holdDays={preview.data.holdDays} withExport={withExport} now={now} />
        </div>
      </Section>
      <Section title="Before you confirm">
        <div className="flex flex-col gap-5 rounded-lg border border-danger-solid/50 bg-card p-5 shadow-xs">
          <div className="flex items-start justify-between gap-4">
            <label htmlFor={switchId} className="flex flex-col">
              <span className="font-medium">Export everything first</span>
              <span className="text-muted-foreground text-sm">
                Documents, members, audit log and usage, with checksums. The hold begins when it is ready.
              </span>
            </label>
            <Switch id={switchId} checked={withExport} onCheckedChange={setExport} />
          </div>
          <Field label="Why" optional>
            {(control) => (
              <Select value={why} onValueChange={setWhy}>
                <SelectTrigger {...control} className="w-full sm:w-80">
                  <SelectValue />
                </SelectTrigger>
                <SelectContent>
                  {reasons.map((reason) => (
                    <SelectItem key={reason} value={reason}>
                      {reason}
                    </SelectItem>
                  ))}
                </SelectContent>
              </Select>
            )}
          </Field>
          <ReasonDialog
            trigger={
              <Button variant="destructive" className="self-start">
                Close {name}…
              </Button>
            }
            title={`Close ${name}?`}
            description="The workspace becomes read-only at once. Until the hold ends every owner can cancel, and everything is as it was before; after it nothing can be brought back by anybody."
            typedName={slug}
            reasonLabel="Anything to add"
            reasonHint="Kept with the closing."
            reasonOptional
            actionLabel="Close workspace"
            destructive
            ready={password.ready}
            onOpenChange={password.reset}
            onDecide={async ({ reason, idempotencyKey }) => {
              const told = [why === untold ? "" : why, reason].filter(Boolean).join(": ").slice(0, 500);
              await password.asking((given) =>
                request.mutateAsync({ slug, confirmation: slug, withExport, reason: told, idempotencyKey, ...given }),
              );
              toast.success("The workspace is being closed");
              onRequested();
            }}
          >
            <PasswordAgain again={password} />
          </ReasonDialog>
        </div>
      </Section>
    </div>
  );
}
