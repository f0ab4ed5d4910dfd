"use client";

import { type OperatorRole, operatorRoleDescriptions, operatorRoles } from "@leasehold/domain/operators";
import { Button } from "@leasehold/ui/components/ui/button";
import { Label } from "@leasehold/ui/components/ui/label";
import { RadioGroup, RadioGroupItem } from "@leasehold/ui/components/ui/radio-group";
import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { DecisionDialog } from "../../../components/decision-dialog.tsx";
import { useDecided } from "../../../components/use-decided.ts";
import { useTRPC } from "../../../trpc/client.tsx";
import type { OperatorRow } from "./client.tsx";
import { roleName } from "./role-name.ts";

/** Gives an operator another role, with a reason. */
export function ChangeRole({ operator: { operatorId, name, role: current } }: { operator: OperatorRow }) {
  const decided = useDecided();
  const mutation = useMutation(useTRPC().operators.changeRole.mutationOptions());
  const [role, setRole] = useState(current);
  const id = useId();
  return (
    <DecisionDialog
      trigger={
        <Button size="sm" variant="secondary" aria-label={`Change role of ${name}`}>
          Change role
        </Button>
      }
      title={`Change the role of ${name}?`}
      description="It holds from their next request on. What they asked for before goes on."
      actionLabel="Change role"
      ready={role !== undefined && role !== current}
      onOpenChange={() => setRole(current)}
      onDecide={async ({ reason }) => {
        if (role === undefined) return;
        await mutation.mutateAsync({ operatorId, role, reason });
        await decided(`${name} is ${roleName(role)} now`);
      }}
    >
      <RadioGroup
        aria-label="Role"
        value={role ?? ""}
        onValueChange={(value) => setRole(value as OperatorRole)}
        className="flex flex-col gap-3"
      >
        {operatorRoles.map((each) => (
          <div key={each} className="flex items-start gap-2">
            <RadioGroupItem id={`${id}-${each}`} value={each} className="mt-0.5" />
            <Label htmlFor={`${id}-${each}`} className="flex flex-col items-start gap-0.5">
              <span>{roleName(each)}</span>
              <span className="font-normal text-muted-foreground text-sm">{operatorRoleDescriptions[each]}</span>
            </Label>
          </div>
        ))}
      </RadioGroup>
    </DecisionDialog>
  );
}
