"use client";

import type { TenantId } from "@leasehold/domain/ids";
import { Button } from "@leasehold/ui/components/ui/button";
import { shortenId } from "@leasehold/ui/lib/format";
import { useMutation, useQuery } from "@tanstack/react-query";
import { DecisionDialog } from "../../../../components/decision-dialog.tsx";
import { Permitted } from "../../../../components/permitted.tsx";
import { useDecided } from "../../../../components/use-decided.ts";
import { useTRPC } from "../../../../trpc/client.tsx";

/** Asks to take a person's second factor away, or says that this waits. */
export function ResetSecondFactor({ tenantId, userId }: { tenantId: string; userId: string }) {
  const decided = useDecided();
  const trpc = useTRPC();
  const { data: resets = [] } = useQuery(trpc.secondFactors.ofTenant.queryOptions({ tenantId }));
  const mutation = useMutation(trpc.secondFactors.request.mutationOptions());
  const open = resets.find((reset) => reset.userId === userId);
  if (open?.state === "waiting") return <span className="text-muted-foreground text-sm">Reset of second factor waits for approval</span>;
  if (open !== undefined) return <span className="text-muted-foreground text-sm">Second factor is being reset</span>;
  return (
    <Permitted scope="second-factors:reset" quiet>
      <DecisionDialog
        trigger={
          <Button size="sm" variant="secondary" aria-label={`Reset second factor of ${userId}`}>
            Reset second factor
          </Button>
        }
        title={`Reset the second factor of ${shortenId(userId)}?`}
        description="For somebody who has lost the app and the recovery codes. Identify them by more than their mail: until they set up a new one, their password alone lets somebody in. Another operator has to agree within seven days; then it is gone, they are signed out everywhere, and a mail tells them."
        actionLabel="Ask for it"
        reasonLabel="How the person was identified"
        destructive
        onDecide={async ({ reason }) => {
          await mutation.mutateAsync({ tenantId: tenantId as TenantId, userId, reason });
          await decided("Asked for", "Another operator has to agree, under Needs attention.");
        }}
      />
    </Permitted>
  );
}
