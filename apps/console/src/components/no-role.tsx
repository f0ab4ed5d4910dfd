"use client";

import { EmptyState } from "@leasehold/ui/components/empty-state";
import { Button } from "@leasehold/ui/components/ui/button";
import { ShieldQuestion } from "lucide-react";
import { signOut } from "../lib/session.ts";

/** What somebody sees who can sign in and was given no role yet. */
export function NoRole({ name }: { name: string }) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <h1 className="sr-only">No role yet</h1>
      <EmptyState
        icon={ShieldQuestion}
        title="You have no role yet"
        description={`${name} is signed in, and may see nothing. An admin gives roles under Operators; reload this page then.`}
        action={
          <Button variant="secondary" onClick={() => void signOut()}>
            Sign out
          </Button>
        }
      />
    </main>
  );
}
