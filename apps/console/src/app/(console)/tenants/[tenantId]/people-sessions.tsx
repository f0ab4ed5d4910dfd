"use client";

import { CopyId } from "@leasehold/ui/components/copy-id";
import { DataTable } from "@leasehold/ui/components/data-table";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { Timeline } from "@leasehold/ui/components/timeline";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { UsersRound } from "lucide-react";
import { EndSessions } from "../../../../components/end-sessions.tsx";
import { Permitted } from "../../../../components/permitted.tsx";
import { RequestError } from "../../../../components/request-error.tsx";
import type { ConsoleRouter } from "../../../../server/router.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { ResetSecondFactor } from "./reset-second-factor.tsx";

type Answer = inferRouterOutputs<ConsoleRouter>["sessions"]["ofTenant"];
type Person = Answer["people"][number];

const columnsOf = (tenantId: string) => [
  { id: "person", header: "Person", fixed: true, cell: (row: Person) => <CopyId value={row.userId} label="person's id" /> },
  { id: "role", header: "Role", cell: (row: Person) => <span className="capitalize">{row.role}</span> },
  { id: "since", header: "Since", cell: (row: Person) => <RelativeTime value={row.since} format="date" /> },
  {
    id: "actions",
    header: "Actions",
    cell: (row: Person) => (
      <span className="flex flex-wrap items-center gap-2">
        {row.ending ? (
          <span className="text-muted-foreground text-sm">Sessions are ending</span>
        ) : (
          <Permitted scope="sessions:end" quiet>
            <EndSessions tenantId={tenantId} userId={row.userId} />
          </Permitted>
        )}
        <ResetSecondFactor tenantId={tenantId} userId={row.userId} />
      </span>
    ),
  },
];

const counted = (sessions: number | null) =>
  sessions === null ? "Sessions are ending" : `${sessions} ${sessions === 1 ? "session" : "sessions"} ended`;

/** Who is in the tenant, by the id that people find in their own settings, and whose sessions operators have ended. */
export function PeopleSessions({ tenantId }: { tenantId: string }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.sessions.ofTenant.queryOptions(
      { tenantId },
      { refetchInterval: ({ state }) => (state.data?.people.some(({ ending }) => ending) ? 2_000 : false) },
    ),
  );
  const ends = query.data?.ends ?? [];
  return (
    <Section
      title="Sessions and second factors"
      description="People find their id under Settings, Security, and where the sign-in asks for a code. Where they are signed in is not shown here; a person who lost a device or a password is signed out everywhere, and one who lost the app and the recovery codes is let in again by two operators."
    >
      <DataTable
        label="People"
        columns={columnsOf(tenantId)}
        cards
        rows={query.data?.people}
        rowId={(row) => row.userId}
        skeletonRows={3}
        error={
          query.error && !query.data ? (
            <RequestError what="The people" error={query.error} onRetry={() => query.refetch()} retrying={query.isFetching} />
          ) : undefined
        }
        empty={<EmptyState icon={UsersRound} title="Nobody yet" description="The first person joins with the invitation or the sign-up." />}
      />
      {ends.length === 0 ? null : (
        <div className="rounded-lg border bg-card p-5 shadow-xs">
          <Timeline
            format="date-time"
            events={ends.map(({ requestId, sessions, reason, requestedAt }) => ({
              id: requestId,
              title: counted(sessions),
              detail: <span className="break-words">{reason}</span>,
              at: requestedAt,
            }))}
          />
        </div>
      )}
    </Section>
  );
}
