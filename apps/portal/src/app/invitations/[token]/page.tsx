import { isDomainError } from "@leasehold/domain/errors";
import { Button } from "@leasehold/ui/components/ui/button";
import type { Metadata } from "next";
import Link from "next/link";
import { PublicFrame, PublicHeading } from "../../../components/public-frame.tsx";
import { caller } from "../../../trpc/server.tsx";
import { AcceptInvitation } from "./client.tsx";

export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

export default async function InvitationPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const invitation = await open(token);
  if (!invitation)
    return (
      <PublicFrame>
        <PublicHeading title="This invitation is not open">
          It was used, revoked, or has expired. Ask whoever invited you for a new one.
        </PublicHeading>
        <div>
          <Button asChild variant="secondary">
            <Link href="/sign-in">Sign in</Link>
          </Button>
        </div>
      </PublicFrame>
    );
  return (
    <PublicFrame>
      <PublicHeading title={`Join ${invitation.organizationName}`}>
        You are invited as {invitation.role} with {invitation.email}.
      </PublicHeading>
      <AcceptInvitation token={token} invitation={invitation} />
    </PublicFrame>
  );
}

async function open(token: string) {
  try {
    return await (await caller()).invitations.get({ token });
  } catch (error) {
    const cause = (error as Error).cause;
    if (isDomainError(cause) ? cause.code === "NOT_FOUND" : (error as { code?: string }).code === "BAD_REQUEST") return undefined;
    throw error;
  }
}
