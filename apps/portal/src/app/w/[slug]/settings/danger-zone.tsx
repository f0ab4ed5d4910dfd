import { hasScope, type Role } from "@leasehold/domain/roles";
import { Section } from "@leasehold/ui/components/section";
import { Button } from "@leasehold/ui/components/ui/button";
import Link from "next/link";

/** Where the way out begins; for owners alone. */
export function DangerZone({ slug, role, state }: { slug: string; role: Role; state: string }) {
  const closing = state === "CLOSING";
  return (
    <Section title="Close workspace">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-lg border border-danger-solid/50 bg-card p-5 shadow-xs">
        <p className="min-w-0 max-w-xl flex-1 basis-64 text-muted-foreground">
          {closing
            ? "The workspace is being closed. Until its hold ends an owner can cancel, and everything is as it was before."
            : "Everything in the workspace is erased after a hold, with a certificate that anyone can check. You see first what would go."}
        </p>
        {hasScope(role, "tenant:close") ? (
          <Button asChild variant={closing ? "secondary" : "destructive"}>
            <Link href={`/w/${slug}/settings/closing`}>{closing ? "Show the closing" : "Close workspace…"}</Link>
          </Button>
        ) : (
          <p className="text-muted-foreground text-sm">Owners close the workspace.</p>
        )}
      </div>
    </Section>
  );
}
