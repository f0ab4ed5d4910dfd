"use client";

import { roleDescriptions, roles } from "@leasehold/domain/roles";
import { type Column, DataTable } from "@leasehold/ui/components/data-table";
import { EmailAddress } from "@leasehold/ui/components/email-address";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { Facts } from "@leasehold/ui/components/facts";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useWorkspace } from "../../../../components/workspace-shell.tsx";
import { messageOf, requestIdOf } from "../../../../lib/errors.ts";
import { may } from "../../../../lib/may.ts";
import type { PortalRouter } from "../../../../server/routers/root.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { Erasures } from "./erasures.tsx";
import { FormerMembers } from "./former-members.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { MemberActions } from "./member-actions.tsx";
import { PendingInvitations } from "./pending-invitations.tsx";
import { RoleSelect } from "./role-select.tsx";

export type Member = inferRouterOutputs<PortalRouter>["members"]["list"][number];

export function Members({ slug }: { slug: string }) {
  const workspace = useWorkspace();
  const { role } = workspace;
  const members = useQuery(useTRPC().members.list.queryOptions({ slug }));
  const mayInvite = may(workspace, "members:invite");
  const columns: readonly Column<Member>[] = [
    {
      id: "name",
      header: "Member",
      sortBy: (member) => member.name,
      className: "whitespace-normal",
      filterBy: (member) => `${member.name} ${member.email}`,
      cell: (member) => (
        <span className="flex min-w-0 flex-col items-start">
          <span className="font-medium">
            {member.name}
            {member.self ? <span className="font-normal text-muted-foreground"> (you)</span> : null}
          </span>
          <EmailAddress value={member.email} className="text-muted-foreground text-sm" />
          <span className="pt-2 text-sm sm:hidden">
            <RoleSelect slug={slug} member={member} by={role} />
          </span>
        </span>
      ),
    },
    {
      id: "role",
      header: "Role",
      sortBy: (member) => roles.indexOf(member.role),
      cell: (member) => <RoleSelect slug={slug} member={member} by={role} />,
      className: "hidden sm:table-cell",
    },
    {
      id: "since",
      header: "Since",
      sortBy: (member) => member.createdAt,
      cell: (member) => <RelativeTime value={member.createdAt} format="date" />,
      className: "hidden sm:table-cell",
    },
    { id: "actions", header: "", align: "end", cell: (member) => <MemberActions slug={slug} member={member} by={role} /> },
  ];
  return (
    <>
      <PageHeader
        title="Members"
        description="Who may come in, and what they may do."
        actions={mayInvite ? <InviteDialog slug={slug} by={role} /> : undefined}
      />
      <DataTable
        label="Members"
        columns={columns}
        rows={members.data}
        rowId={(member) => member.userId}
        skeletonRows={2}
        empty={<EmptyState title="Nobody is here yet" />}
        error={
          members.error ? (
            <ErrorState
              title="The members could not be read"
              meaning={messageOf(members.error)}
              requestId={requestIdOf(members.error)}
              onRetry={() => void members.refetch()}
            />
          ) : undefined
        }
      />
      {mayInvite ? <PendingInvitations slug={slug} /> : null}
      {may(workspace, "members:erase") ? (
        <>
          <FormerMembers slug={slug} />
          <Erasures slug={slug} />
        </>
      ) : null}
      <Section title="Roles">
        <Facts facts={roles.map((name) => [name.charAt(0).toUpperCase() + name.slice(1), roleDescriptions[name]] as const)} />
      </Section>
    </>
  );
}
