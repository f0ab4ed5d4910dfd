"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation } from "@tanstack/react-query";
import { PlayCircle } from "lucide-react";
import { DecisionDialog } from "../../../../../components/decision-dialog.tsx";
import { useRefresh } from "../../../../../components/use-refresh.ts";
import { useTRPC } from "../../../../../trpc/client.tsx";

/** Lets a suspended tenant work again. */
export function ResumeTenant({ tenantId, tenantName, busy }: { tenantId: `tnt_${string}`; tenantName: string; busy: boolean }) {
  const refresh = useRefresh();
  const resume = useMutation(useTRPC().suspension.resume.mutationOptions());
  return (
    <DecisionDialog
      trigger={
        <Button disabled={busy}>
          <PlayCircle aria-hidden="true" />
          Resume {tenantName}…
        </Button>
      }
      title={`Resume ${tenantName}?`}
      description="Its keys open again, then its members and API keys get in as before. Its owners get a mail."
      actionLabel="Resume"
      onDecide={async (decision) => {
        await resume.mutateAsync({ tenantId, ...decision });
        toast.success("End of the suspension requested", { description: "The worker begins within seconds." });
        await refresh();
      }}
    />
  );
}
