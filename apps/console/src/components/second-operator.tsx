"use client";

import type { OperatorScope } from "@leasehold/domain/operators";
import { Button } from "@leasehold/ui/components/ui/button";
import { Check, X } from "lucide-react";
import { useId } from "react";
import { DecisionDialog } from "./decision-dialog.tsx";
import { Permitted } from "./permitted.tsx";

export interface Decided {
  reason: string;
  idempotencyKey: string;
}

interface Choice {
  /** What the button does, to whoever does not see what it is beside. */
  label: string;
  title: string;
  description: string;
}

interface SecondOperatorProps {
  scope: OperatorScope;
  tenantName: string;
  /** The reader asked for it, so somebody else has to approve. */
  ownRequest: boolean;
  approve: Choice & { button: string; actionLabel: string };
  reject: Choice;
  onDecide: (decision: "approve" | "reject", input: Decided) => Promise<void>;
}

/** The second pair of eyes on what an operator asked for and nobody can undo. */
export function SecondOperator({ scope, tenantName, ownRequest, approve, reject, onDecide }: SecondOperatorProps) {
  const whyNot = useId();
  return (
    <>
      <Permitted scope={scope}>
        <div className="flex flex-wrap gap-2">
          <DecisionDialog
            trigger={
              <Button
                size="sm"
                variant="destructive"
                disabled={ownRequest}
                aria-label={approve.label}
                aria-describedby={ownRequest ? whyNot : undefined}
              >
                <Check aria-hidden="true" />
                {approve.button}
              </Button>
            }
            title={approve.title}
            description={approve.description}
            actionLabel={approve.actionLabel}
            typedName={tenantName}
            destructive
            onDecide={(input) => onDecide("approve", input)}
          />
          <DecisionDialog
            trigger={
              <Button size="sm" variant="secondary" aria-label={reject.label}>
                <X aria-hidden="true" />
                Reject
              </Button>
            }
            title={reject.title}
            description={reject.description}
            actionLabel="Reject"
            onDecide={(input) => onDecide("reject", input)}
          />
        </div>
      </Permitted>
      {ownRequest ? (
        <p id={whyNot} className="text-muted-foreground text-sm">
          You asked for this: another operator has to approve it.
        </p>
      ) : null}
    </>
  );
}
