"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation } from "@tanstack/react-query";
import { useMay } from "../../../components/permitted.tsx";
import { useDecided } from "../../../components/use-decided.ts";
import { errorMessage } from "../../../lib/errors.ts";
import { useTRPC } from "../../../trpc/client.tsx";

/** Has a mail that was given up written once more. */
export function SendAgain({ tenantId, requestKey, what }: { tenantId: string; requestKey: string; what: string }) {
  const may = useMay("operations:run");
  const decided = useDecided();
  const mutation = useMutation(
    useTRPC().operations.resendMail.mutationOptions({
      onSuccess: () => decided("The mail is written again", "It comes back here when it cannot be."),
      onError: (error) => void toast.error(errorMessage(error)),
    }),
  );
  if (!may) return null;
  return (
    <Button
      size="sm"
      variant="secondary"
      aria-label={`Send again: ${what}`}
      pending={mutation.isPending}
      onClick={() => mutation.mutate({ tenantId, requestKey })}
    >
      Send again
    </Button>
  );
}
