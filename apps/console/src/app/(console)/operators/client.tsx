"use client";

import { operatorRoleDescriptions, operatorRoles } from "@leasehold/domain/operators";
import { DataTable } from "@leasehold/ui/components/data-table";
import { EmailAddress } from "@leasehold/ui/components/email-address";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { Facts } from "@leasehold/ui/components/facts";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Timeline } from "@leasehold/ui/components/timeline";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { UsersRound } from "lucide-react";
import { useMay } from "../../../components/permitted.tsx";
import { RequestError } from "../../../components/request-error.tsx";
import type { ConsoleRouter } from "../../../server/router.ts";
import { useTRPC } from "../../../trpc/client.tsx";
import { ChangeRole } from "./change-role.tsx";
import { ChangeStanding } from "./change-standing.tsx";
import { EndOperatorSessions } from "./end-operator-sessions.tsx";
import { ResetOperatorSecondFactor } from "./reset-operator-second-factor.tsx";
import { roleName } from "./role-name.ts";

export type OperatorRow = inferRouterOutputs<ConsoleRouter>["operators"]["list"]["operators"][number];

const columns = [
  {
    id: "name",
    header: "Operator",
    sortBy: (row: OperatorRow) => row.name,
    className: "whitespace-normal",
    cell: (row: OperatorRow) => (
      <span className="flex min-w-0 flex-col">
        <span className="font-medium">
          {row.name}
          {row.isSelf ? <span className="font-normal text-muted-foreground"> (you)</span> : null}
        </span>
        <EmailAddress value={row.email} className="text-muted-foreground text-sm" />
      </span>
    ),
  },
  {
    id: "role",
    header: "Role",
    sortBy: (row: OperatorRow) => (row.role === undefined ? -1 : operatorRoles.indexOf(row.role)),
    cell: (row: OperatorRow) => (
      <span className="flex flex-wrap gap-1">
        {row.role === undefined ? (
          <StatusBadge tone="warning" label="No role" />
        ) : (
          <StatusBadge tone="neutral" label={roleName(row.role)} />
        )}
        {row.active ? null : <StatusBadge tone="danger" label="Deactivated" />}
      </span>
    ),
  },
  {
    id: "signed-in",
    header: "Last sign-in",
    sortBy: (row: OperatorRow) => row.lastSignInAt,
    cell: (row: OperatorRow) =>
      row.lastSignInAt === null ? <span className="text-muted-foreground">No session</span> : <RelativeTime value={row.lastSignInAt} />,
  },
  {
    id: "since",
    header: "Since",
    sortBy: (row: OperatorRow) => row.createdAt,
    cell: (row: OperatorRow) => <RelativeTime value={row.createdAt} format="date" />,
  },
  {
    id: "actions",
    header: "",
    align: "end" as const,
    cell: (row: OperatorRow) =>
      row.isSelf ? null : (
        <span className="flex flex-wrap justify-end gap-2">
          <ChangeRole operator={row} />
          {row.role === undefined ? null : <EndOperatorSessions operator={row} />}
          {row.role === undefined || !row.hasSecondFactor ? null : <ResetOperatorSecondFactor operator={row} />}
          {row.role === undefined ? null : <ChangeStanding operator={row} />}
        </span>
      ),
  },
];

/** Who works in the console, and what each of them may do. */
export function Operators() {
  const may = useMay("operators:manage");
  const query = useQuery({ ...useTRPC().operators.list.queryOptions(), retry: may });
  const error =
    query.error && !query.data ? (
      <RequestError what="The operators" error={query.error} onRetry={() => query.refetch()} retrying={query.isFetching} />
    ) : undefined;
  return (
    <>
      <PageHeader title="Operators" description="Who may sign in here, and what they may do. A change holds from the next request on." />
      <DataTable
        label="Operators"
        columns={columns}
        cards
        rows={query.data?.operators}
        rowId={(row) => row.operatorId}
        skeletonRows={2}
        error={error}
        empty={<EmptyState icon={UsersRound} title="Nobody can sign in" description="The seed command makes operators." />}
      />
      <Section
        title="Roles"
        description="Accounts are made by the seed command. Nobody changes their own role or deactivates themselves, and letting a tenant go takes two operators, whatever their roles."
      >
        <Facts facts={operatorRoles.map((role) => [roleName(role), operatorRoleDescriptions[role]] as const)} />
      </Section>
      {query.data === undefined || query.data.changes.length === 0 ? null : (
        <Section title="Changes">
          <div className="rounded-lg border bg-card p-5 shadow-xs">
            <Timeline
              format="date-time"
              events={query.data.changes.map(({ operatorId, name, role, what, by, reason, changedAt }) => ({
                id: `${operatorId}-${changedAt.getTime()}`,
                title: `${name}: ${what === "role" ? roleName(role) : what}`,
                detail: (
                  <span className="break-words">
                    {by === null ? "with the account" : `by ${by}`}
                    {reason === null ? null : `: ${reason}`}
                  </span>
                ),
                at: changedAt,
              }))}
            />
          </div>
        </Section>
      )}
      {query.data === undefined || query.data.sessionEnds.length === 0 ? null : (
        <Section title="Sessions ended">
          <div className="rounded-lg border bg-card p-5 shadow-xs">
            <Timeline
              format="date-time"
              events={query.data.sessionEnds.map(({ name, by, reason, secondFactor, endedAt }) => ({
                id: `${name}-${endedAt.getTime()}`,
                title: secondFactor ? `${name}: second factor reset` : name,
                detail: <span className="break-words">{`by ${by}: ${reason}`}</span>,
                at: endedAt,
              }))}
            />
          </div>
        </Section>
      )}
    </>
  );
}
