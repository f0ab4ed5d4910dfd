"use client";

import {
  isSuspensionKind,
  type SuspensionAccess,
  type SuspensionKind,
  suspensionAccesses,
  suspensionAccessPresentation,
  suspensionKinds,
  suspensionPresentation,
} from "@leasehold/domain/suspension/kinds";
import { Field } from "@leasehold/ui/components/field";
import { Button } from "@leasehold/ui/components/ui/button";
import { Label } from "@leasehold/ui/components/ui/label";
import { RadioGroup, RadioGroupItem } from "@leasehold/ui/components/ui/radio-group";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@leasehold/ui/components/ui/select";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation } from "@tanstack/react-query";
import { PauseCircle } from "lucide-react";
import { useId, useState } from "react";
import { DecisionDialog } from "../../../../../components/decision-dialog.tsx";
import { useRefresh } from "../../../../../components/use-refresh.ts";
import { useTRPC } from "../../../../../trpc/client.tsx";

const first: SuspensionKind = "non-payment";

/** Suspends a tenant: why, what is left meanwhile, and the operator's own reason. */
export function SuspendTenant({ tenantId, tenantName, busy }: { tenantId: `tnt_${string}`; tenantName: string; busy: boolean }) {
  const refresh = useRefresh();
  const suspend = useMutation(useTRPC().suspension.suspend.mutationOptions());
  const [kind, setKind] = useState<SuspensionKind>(first);
  const [access, setAccess] = useState<SuspensionAccess>(suspensionPresentation[first].usual);
  const choose = (chosen: string) => {
    if (!isSuspensionKind(chosen)) return;
    setKind(chosen);
    setAccess(suspensionPresentation[chosen].usual);
  };
  return (
    <DecisionDialog
      trigger={
        <Button variant="destructive" disabled={busy}>
          <PauseCircle aria-hidden="true" />
          Suspend {tenantName}…
        </Button>
      }
      title={`Suspend ${tenantName}?`}
      description="At once, for its members, its API keys and whatever was given out before. Nothing is deleted, and resuming brings everything back. Its owners get a mail with the kind, not with your reason."
      actionLabel="Suspend"
      destructive
      onOpenChange={() => choose(first)}
      onDecide={async (decision) => {
        await suspend.mutateAsync({ tenantId, kind, access, ...decision });
        toast.success("Suspension requested", { description: "The worker begins within seconds." });
        await refresh();
      }}
    >
      <Field label="Kind" description={`Owners read: “${suspensionPresentation[kind].toOwners}”`}>
        {(control) => (
          <Select value={kind} onValueChange={choose}>
            <SelectTrigger {...control} className="w-full">
              <SelectValue />
            </SelectTrigger>
            <SelectContent>
              {suspensionKinds.map((each) => (
                <SelectItem key={each} value={each}>
                  {suspensionPresentation[each].label}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        )}
      </Field>
      <Access value={access} onChange={setAccess} />
    </DecisionDialog>
  );
}

function Access({ value, onChange }: { value: SuspensionAccess; onChange: (access: SuspensionAccess) => void }) {
  const id = useId();
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium text-sm">Who still gets in</legend>
      <RadioGroup value={value} onValueChange={(next) => onChange(next === "read-only" ? "read-only" : "closed")}>
        {suspensionAccesses.map((access) => (
          <div key={access} className="flex items-start gap-3">
            <RadioGroupItem
              id={`${id}-${access}`}
              value={access}
              className="mt-0.5"
              aria-label={suspensionAccessPresentation[access].label}
            />
            <Label htmlFor={`${id}-${access}`} className="flex flex-col items-start gap-0.5">
              <span className="font-medium">{suspensionAccessPresentation[access].label}</span>
              <span className="font-normal text-muted-foreground text-sm">{suspensionAccessPresentation[access].detail}</span>
            </Label>
          </div>
        ))}
      </RadioGroup>
    </fieldset>
  );
}
