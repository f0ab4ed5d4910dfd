"use client";

import { type Column, DataTable } from "@leasehold/ui/components/data-table";
import { EmailAddress } from "@leasehold/ui/components/email-address";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { Button } from "@leasehold/ui/components/ui/button";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { messageOf, requestIdOf } from "../../../../lib/errors.ts";
import type { PortalRouter } from "../../../../server/routers/root.ts";
import { useTRPC } from "../../../../trpc/client.tsx";

type Invitation = inferRouterOutputs<PortalRouter>["members"]["invitations"][number];

export function PendingInvitations({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const invitations = useQuery(trpc.members.invitations.queryOptions({ slug }));
  const options = (done: string) => ({
    onSuccess: () => {
      toast.success(done);
      return queries.invalidateQueries(trpc.members.invitations.queryFilter({ slug }));
    },
    onError: (error: unknown) => void toast.error(messageOf(error)),
  });
  const resend = useMutation(trpc.members.resend.mutationOptions(options("Invitation sent again")));
  const revoke = useMutation(trpc.members.revoke.mutationOptions(options("Invitation revoked")));
  const columns: readonly Column<Invitation>[] = [
    {
      id: "email",
      header: "Email",
      className: "whitespace-normal",
      cell: ({ email, role }) => (
        <>
          <EmailAddress value={email} className="block" />
          <span className="block text-muted-foreground text-sm capitalize sm:hidden">{role}</span>
        </>
      ),
    },
    { id: "role", header: "Role", cell: ({ role }) => <span className="capitalize">{role}</span>, className: "hidden sm:table-cell" },
    {
      id: "expires",
      header: "Good until",
      cell: ({ expiresAt }) => <RelativeTime value={expiresAt} format="date" />,
      className: "hidden sm:table-cell",
    },
    {
      id: "actions",
      header: "",
      align: "end",
      cell: ({ invitationId, email }) => (
        <span className="flex flex-wrap justify-end gap-1">
          <Button
            variant="ghost"
            size="sm"
            aria-label={`Resend to ${email}`}
            pending={resend.isPending && resend.variables.invitationId === invitationId}
            onClick={() => resend.mutate({ slug, invitationId })}
          >
            Resend
          </Button>
          <Button
            variant="ghost"
            size="sm"
            aria-label={`Revoke ${email}`}
            pending={revoke.isPending && revoke.variables.invitationId === invitationId}
            onClick={() => revoke.mutate({ slug, invitationId })}
          >
            Revoke
          </Button>
        </span>
      ),
    },
  ];
  return (
    <Section title="Pending invitations">
      <DataTable
        label="Pending invitations"
        columns={columns}
        rows={invitations.data}
        rowId={({ invitationId }) => invitationId}
        skeletonRows={1}
        empty={<EmptyState title="No invitation is open" description="Invite somebody and they appear here until they accept." />}
        error={
          invitations.error ? (
            <ErrorState
              title="The invitations could not be read"
              meaning={messageOf(invitations.error)}
              requestId={requestIdOf(invitations.error)}
            />
          ) : undefined
        }
      />
    </Section>
  );
}
