"use client";

import { ErrorState } from "@leasehold/ui/components/error-state";
import { errorMessage, reasonOf, requestIdOf } from "../lib/errors.ts";

/** A list or a part of a page that could not be read, with what to do. */
export function RequestError({
  what,
  error,
  onRetry,
  retrying,
}: {
  what: string;
  error: unknown;
  onRetry?: () => void;
  retrying?: boolean;
}) {
  // Trying again would not help: an admin has to.
  if (reasonOf(error) === "operator-role") return <ErrorState title="Your role does not allow this" meaning={errorMessage(error)} />;
  return (
    <ErrorState
      title={`${what} could not be read`}
      meaning={errorMessage(error)}
      remedy="Nothing was changed. Try again; if it stays, look for the request in the console's log."
      requestId={requestIdOf(error)}
      onRetry={onRetry}
      retrying={retrying}
    />
  );
}
