"use client";

import { ErrorState } from "@leasehold/ui/components/error-state";
import { PublicFrame } from "../components/public-frame.tsx";

export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <PublicFrame>
      <h1 className="sr-only">The page could not be shown</h1>
      <ErrorState
        title="The page could not be shown"
        meaning="The fault is on our side, and nothing of yours was changed."
        remedy="Try again in a moment. If it stays, send us the number."
        requestId={error.digest}
        onRetry={reset}
      />
    </PublicFrame>
  );
}
