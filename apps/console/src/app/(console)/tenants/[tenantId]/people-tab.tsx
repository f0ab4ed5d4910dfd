"use client";

import { roleDescriptions, roles } from "@leasehold/domain/roles";
import { DataTable } from "@leasehold/ui/components/data-table";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { StatTile } from "@leasehold/ui/components/stat-tile";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { MailPlus } from "lucide-react";
import { Permitted } from "../../../../components/permitted.tsx";
import { RequestError } from "../../../../components/request-error.tsx";
import { ResendInvitation } from "../../../../components/resend-invitation.tsx";
import type { ConsoleRouter } from "../../../../server/router.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { PeopleSessions } from "./people-sessions.tsx";
import { SecondFactorResets } from "./second-factor-resets.tsx";

type Invitation = inferRouterOutputs<ConsoleRouter>["tenantRecords"]["people"]["invitations"][number];

const states = {
  HELD: { label: "Held until ready", tone: "info" },
  PENDING: { label: "Sent", tone: "info" },
  ACCEPTED: { label: "Accepted", tone: "success" },
  REVOKED: { label: "Revoked", tone: "neutral" },
} as const;

const columnsOf = (tenantId: string) => [
  { id: "email", header: "For", fixed: true, cell: (row: Invitation) => <span className="font-mono text-sm">{row.maskedEmail}</span> },
  { id: "role", header: "Role", cell: (row: Invitation) => <span className="capitalize">{row.role}</span> },
  { id: "state", header: "State", cell: (row: Invitation) => <StatusBadge {...states[row.state]} /> },
  { id: "created", header: "Invited", cell: (row: Invitation) => <RelativeTime value={row.createdAt} /> },
  { id: "expires", header: "Expires", cell: (row: Invitation) => <RelativeTime value={row.expiresAt} format="date" /> },
  {
    id: "actions",
    header: "Actions",
    cell: (row: Invitation) =>
      row.renewable ? (
        <Permitted scope="invitations:resend" quiet>
          <ResendInvitation tenantId={tenantId} invitationId={row.invitationId} maskedEmail={row.maskedEmail} />
        </Permitted>
      ) : null,
  },
];

export function PeopleTab({ tenantId }: { tenantId: string }) {
  const trpc = useTRPC();
  const people = useQuery(trpc.tenantRecords.people.queryOptions({ tenantId }));
  const error =
    people.error && !people.data ? <RequestError what="The people" error={people.error} onRetry={() => people.refetch()} /> : undefined;
  return (
    <div className="flex flex-col gap-8">
      <Section title="Members" description="How many, by role. Names and addresses belong to the tenant and are not shown here.">
        {error ?? (
          <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
            {roles.map((role) => (
              <StatTile
                key={role}
                label={<span className="capitalize">{role}</span>}
                value={people.data?.members.find((entry) => entry.role === role)?.count ?? 0}
                detail={roleDescriptions[role]}
                loading={!people.data}
              />
            ))}
          </div>
        )}
      </Section>
      <PeopleSessions tenantId={tenantId} />
      <SecondFactorResets tenantId={tenantId} />
      <Section title="Invitations">
        <DataTable
          label="Invitations"
          columns={columnsOf(tenantId)}
          cards
          rows={people.data?.invitations}
          rowId={(row) => row.invitationId}
          skeletonRows={3}
          error={error}
          empty={
            <EmptyState icon={MailPlus} title="No invitations" description="The tenant’s own administrators invite people in the portal." />
          }
        />
      </Section>
    </div>
  );
}
