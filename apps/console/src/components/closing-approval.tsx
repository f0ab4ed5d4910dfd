"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../trpc/client.tsx";
import { Permitted } from "./permitted.tsx";
import { type Decided, SecondOperator } from "./second-operator.tsx";
import { useDecided } from "./use-decided.ts";

interface ClosingApprovalProps {
  tenantId: string;
  tenantName: string;
  operationId: string;
  /** The reader asked for it, so somebody else has to approve. */
  ownRequest: boolean;
}

/** The second pair of eyes on a closing that an operator asked for. */
export function ClosingApproval({ tenantId, tenantName, operationId, ownRequest }: ClosingApprovalProps) {
  const decided = useDecided();
  const mutation = useMutation(useTRPC().offboarding.decide.mutationOptions());
  const decide = async (decision: "approve" | "reject", input: Decided) => {
    const ids = { tenantId, operationId } as { tenantId: `tnt_${string}`; operationId: `op_${string}` };
    await mutation.mutateAsync({ ...ids, decision, ...input });
    await decided(decision === "approve" ? `Closing of ${tenantName} approved` : `Closing of ${tenantName} rejected`);
  };
  return (
    <Permitted scope="tenants:close">
      <div className="flex flex-col gap-2">
        <SecondOperator
          scope="tenants:close"
          tenantName={tenantName}
          ownRequest={ownRequest}
          approve={{
            button: "Approve closing",
            label: `Approve closing ${tenantName}`,
            title: `Close ${tenantName}?`,
            description:
              "The tenant is read-only at once and its owners are told. Its hold begins, in which you and they can cancel; after it everything is destroyed for good.",
            actionLabel: "Approve closing",
          }}
          reject={{
            label: `Reject closing ${tenantName}`,
            title: `Reject closing ${tenantName}?`,
            description: "Nothing happens to the tenant. It can be asked for again.",
          }}
          onDecide={decide}
        />
      </div>
    </Permitted>
  );
}
