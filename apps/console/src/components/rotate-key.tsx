"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useTRPC } from "../trpc/client.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import { useDecided } from "./use-decided.ts";

/** Asks for a new data key for a tenant. */
export function RotateKey({ tenantId, tenantName }: { tenantId: string; tenantName: string }) {
  const trpc = useTRPC();
  const decided = useDecided();
  const rotate = useMutation(trpc.operations.rotateKey.mutationOptions());
  return (
    <DecisionDialog
      trigger={
        <Button size="sm" variant="secondary">
          <KeyRound aria-hidden="true" />
          Rotate data key
        </Button>
      }
      title={`Rotate the data key of ${tenantName}?`}
      description="What is written from then on goes under a new key. Everything else is encrypted anew in the background while the tenant works, and the old key is destroyed once nothing is under it. It can be rolled back until then; both keys stay."
      actionLabel="Rotate data key"
      onDecide={async (decision) => {
        await rotate.mutateAsync({ tenantId, ...decision });
        await decided("Rotation requested", "The worker begins within seconds.");
      }}
    />
  );
}
