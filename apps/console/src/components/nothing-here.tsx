import { EmptyState } from "@leasehold/ui/components/empty-state";
import { Button } from "@leasehold/ui/components/ui/button";
import { Compass } from "lucide-react";
import Link from "next/link";

/** What an address shows that leads nowhere. */
export function NothingHere() {
  return (
    <div>
      <h1 className="sr-only">Page not found</h1>
      <EmptyState
        icon={Compass}
        title="There is no such page"
        description="The address may be mistyped, or what it showed is gone."
        action={
          <Button asChild variant="secondary">
            <Link href="/tenants">All tenants</Link>
          </Button>
        }
      />
    </div>
  );
}
