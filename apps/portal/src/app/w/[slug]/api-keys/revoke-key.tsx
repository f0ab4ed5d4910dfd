"use client";

import { ConfirmDialog } from "@leasehold/ui/components/confirm-dialog";
import { Button } from "@leasehold/ui/components/ui/button";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import type { ApiKey } from "./client.tsx";

export function RevokeKey({ slug, apiKey: { keyId, name, revokedAt } }: { slug: string; apiKey: ApiKey }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const revoke = useMutation(
    trpc.apiKeys.revoke.mutationOptions({
      onSuccess: () => {
        toast.success("API key revoked");
        return queries.invalidateQueries(trpc.apiKeys.list.queryFilter({ slug }));
      },
    }),
  );
  if (revokedAt) return null;
  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" size="sm" aria-label={`Revoke ${name}`}>
          Revoke
        </Button>
      }
      title={`Revoke ${name}?`}
      description="Programs that use this key are refused."
      consequences={["Requests with it are refused within five seconds.", "It stays in this list, and in the audit log."]}
      undo="It cannot be undone. Create another key in its place."
      actionLabel="Revoke key"
      onConfirm={async () => void (await revoke.mutateAsync({ slug, keyId }))}
      error={revoke.error ? messageOf(revoke.error) : undefined}
    />
  );
}
