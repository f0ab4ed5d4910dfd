"use client";

import { hasScope, type Role } from "@leasehold/domain/roles";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Button } from "@leasehold/ui/components/ui/button";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { PublicFrame, PublicHeading } from "../../../components/public-frame.tsx";
import { codeOf } from "../../../lib/errors.ts";
import { useClosing, useFollowClosing } from "../../../lib/use-closing.ts";
import { ClosingSteps } from "./settings/closing/closing-steps.tsx";

const gone = new Set(["UNAUTHENTICATED", "NOT_FOUND"]);

/** What is left of a workspace behind the point of no return, for as long as its former people can sign in. */
export function Tombstone({ slug, name, role }: { slug: string; name: string; role: Role }) {
  const router = useRouter();
  const query = useClosing(slug);
  const closing = query.data?.closing;
  useFollowClosing(slug, query.error ? null : closing);
  const reopened = query.data?.state === "ACTIVE";
  useEffect(() => {
    if (reopened) router.refresh();
  }, [reopened, router]);
  const over = gone.has(codeOf(query.error) ?? "");
  const certificate = closing?.certificates.at(-1);
  return (
    <PublicFrame>
      <PublicHeading title={`${name} is closed`}>
        Its hold has ended. The encryption keys are destroyed and everything is being deleted; this cannot be undone.
      </PublicHeading>
      <div className="flex flex-col gap-6">
        {over ? (
          <p role="status" className="rounded-lg border bg-card p-5 shadow-xs">
            Memberships are deleted by now, yours too. When everything has been looked at again, the link to the certificate goes to the
            former owners by mail.
          </p>
        ) : (
          <div>
            <StatusBadge tone="warning" label="Erasing" live />
          </div>
        )}
        {certificate ? (
          <Button asChild>
            <Link href={`/certificates/${certificate.certificateId}`}>Read the certificate</Link>
          </Button>
        ) : null}
        {closing && hasScope(role, "tenant:close") && !over ? <ClosingSteps closing={closing} /> : null}
      </div>
    </PublicFrame>
  );
}
