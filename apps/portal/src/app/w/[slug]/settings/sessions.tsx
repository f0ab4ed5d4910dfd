"use client";

import { CopyId } from "@leasehold/ui/components/copy-id";
import { type Column, DataTable } from "@leasehold/ui/components/data-table";
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
import { PasswordAgain, usePasswordAgain } from "./closing/password-again.tsx";

type Session = inferRouterOutputs<PortalRouter>["session"]["list"][number];

export function Sessions() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const again = usePasswordAgain();
  const sessions = useQuery(trpc.session.list.queryOptions());
  const person = useQuery(trpc.session.current.queryOptions());
  const revoke = useMutation(
    trpc.session.revoke.mutationOptions({
      onSuccess: () => void toast.success("Session ended"),
      onError: (error) => void toast.error(messageOf(error)),
      onSettled: () => queries.invalidateQueries(trpc.session.list.queryFilter()),
    }),
  );
  const revokeOthers = useMutation(
    trpc.session.revokeOthers.mutationOptions({
      onSuccess: () => void toast.success("Your other sessions have ended"),
      onError: (error) => void toast.error(messageOf(error)),
      onSettled: () => queries.invalidateQueries(trpc.session.list.queryFilter()),
    }),
  );
  const ending = (request: (given: { password?: string; code?: string }) => Promise<unknown>) =>
    again
      .asking(request)
      .then(again.reset)
      // What was wrong has been said.
      .catch(() => undefined);
  const end = (id: string) => ending((given) => revoke.mutateAsync({ id, ...given }));
  const hasOthers = sessions.data?.some(({ current }) => !current) ?? false;
  const columns: readonly Column<Session>[] = [
    { id: "browser", header: "Browser", cell: ({ userAgent }) => browserName(userAgent) },
    {
      id: "since",
      header: "Signed in",
      cell: ({ createdAt }) => <RelativeTime value={createdAt} />,
    },
    {
      id: "actions",
      header: "",
      align: "end",
      cell: ({ id, current }) =>
        current ? (
          <span className="text-muted-foreground text-sm">This one</span>
        ) : (
          <Button variant="ghost" size="sm" pending={revoke.isPending && revoke.variables.id === id} onClick={() => void end(id)}>
            End session
          </Button>
        ),
    },
  ];
  return (
    <Section
      title="Sessions"
      description="Where your account is signed in. A session that you end is refused with its next request."
      actions={
        hasOthers ? (
          <Button variant="secondary" size="sm" pending={revokeOthers.isPending} onClick={() => void ending(revokeOthers.mutateAsync)}>
            End all others
          </Button>
        ) : undefined
      }
    >
      <PasswordAgain again={again} />
      <DataTable
        label="Sessions"
        columns={columns}
        rows={sessions.data}
        rowId={({ id }) => id}
        skeletonRows={1}
        empty={<EmptyState title="No session" />}
        error={
          sessions.error ? (
            <ErrorState
              title="The sessions could not be read"
              meaning={messageOf(sessions.error)}
              requestId={requestIdOf(sessions.error)}
            />
          ) : undefined
        }
      />
      {person.data ? (
        <p className="flex flex-wrap items-center gap-x-2 text-muted-foreground text-sm">
          If you cannot sign in any more, Leasehold ends your sessions for you. Keep your id for that:{" "}
          <CopyId value={person.data.userId} label="your id" />
        </p>
      ) : null}
    </Section>
  );
}

const browsers = ["Edg", "OPR", "Firefox", "Chrome", "Safari"] as const;
const systems = ["Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux"] as const;

/** Enough of a browser's long name for its owner to recognise it. */
function browserName(userAgent: string | null): string {
  const browser = browsers.find((name) => userAgent?.includes(name));
  const system = systems.find((name) => userAgent?.includes(name));
  if (!browser) return "Unknown browser";
  const shown = browser === "Edg" ? "Edge" : browser === "OPR" ? "Opera" : browser;
  return system ? `${shown} on ${system}` : shown;
}
