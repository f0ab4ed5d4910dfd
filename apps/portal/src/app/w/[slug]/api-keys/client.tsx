"use client";

import { type Column, DataTable } from "@leasehold/ui/components/data-table";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { useNow } from "@leasehold/ui/lib/use-now";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { KeyRound } from "lucide-react";
import { KnownName, WhyNameLost } from "../../../../components/known-name.tsx";
import { useWorkspace } from "../../../../components/workspace-shell.tsx";
import { messageOf, requestIdOf } from "../../../../lib/errors.ts";
import { may } from "../../../../lib/may.ts";
import type { PortalRouter } from "../../../../server/routers/root.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { ChangeRate } from "./change-rate.tsx";
import { CreateKeyDialog } from "./create-key-dialog.tsx";
import { RevokeKey } from "./revoke-key.tsx";
import { scopeWords } from "./scope-words.ts";

export type ApiKey = inferRouterOutputs<PortalRouter>["apiKeys"]["list"][number];

export function ApiKeys({ slug }: { slug: string }) {
  const manages = may(useWorkspace(), "api-keys:manage");
  const keys = useQuery(useTRPC().apiKeys.list.queryOptions({ slug }));
  const columns: readonly Column<ApiKey>[] = [
    {
      id: "name",
      header: "Key",
      className: "whitespace-normal",
      sortBy: ({ name }) => name,
      filterBy: ({ name, maker }) => `${name} ${maker}`,
      cell: ({ name, nameLost, keyId, maker }) => (
        <span className="flex min-w-0 flex-col">
          <span className="break-words font-medium">
            <KnownName name={name} nameLost={nameLost} />
            <WhyNameLost nameLost={nameLost} />
          </span>
          <span className="text-muted-foreground text-sm">
            <span className="font-mono">…{keyId.slice(-6)}</span> by {maker}
          </span>
        </span>
      ),
    },
    { id: "state", header: "State", cell: (key) => <KeyState apiKey={key} /> },
    {
      id: "scopes",
      header: "May",
      className: "hidden md:table-cell",
      cell: ({ scopes }) => scopes.map((scope) => scopeWords[scope].label.toLowerCase()).join(", "),
    },
    {
      id: "rate",
      header: "Rate",
      className: "hidden lg:table-cell",
      cell: ({ rate }) => (rate ? rateInWords(rate) : <span className="text-muted-foreground">The plan’s</span>),
    },
    {
      id: "used",
      header: "Last used",
      className: "hidden sm:table-cell",
      cell: ({ lastUsedAt }) => (lastUsedAt ? <RelativeTime value={lastUsedAt} /> : <span className="text-muted-foreground">Never</span>),
    },
    {
      id: "expires",
      header: "Expires",
      className: "hidden lg:table-cell",
      sortBy: ({ expiresAt }) => expiresAt,
      cell: ({ expiresAt }) => <RelativeTime value={expiresAt} format="date" />,
    },
    { id: "actions", header: "", align: "end", cell: (key) => (manages ? <KeyActions slug={slug} apiKey={key} /> : null) },
  ];
  return (
    <>
      <PageHeader
        title="API keys"
        description="For programs that work with this workspace's documents. A key belongs to the workspace: it stays when the person who made it leaves."
        actions={manages ? <CreateKeyDialog slug={slug} /> : undefined}
      />
      <DataTable
        label="API keys"
        columns={columns}
        rows={keys.data}
        rowId={({ keyId }) => keyId}
        skeletonRows={2}
        empty={
          <EmptyState icon={KeyRound} title="There is no API key yet" description="Create one, and give it to the program that needs it." />
        }
        error={
          keys.error ? (
            <ErrorState
              title="The API keys could not be read"
              meaning={messageOf(keys.error)}
              requestId={requestIdOf(keys.error)}
              onRetry={() => void keys.refetch()}
            />
          ) : undefined
        }
      />
    </>
  );
}

function rateInWords({ requestsPerSecond, burst, requestsPerDay }: NonNullable<ApiKey["rate"]>): string {
  const daily = requestsPerDay === undefined ? "" : `, ${requestsPerDay.toLocaleString("en")} a day`;
  return `${requestsPerSecond}/s, ${burst} at once${daily}`;
}

function KeyActions({ slug, apiKey }: { slug: string; apiKey: ApiKey }) {
  return (
    <span className="inline-flex flex-wrap justify-end">
      <ChangeRate slug={slug} apiKey={apiKey} />
      <RevokeKey slug={slug} apiKey={apiKey} />
    </span>
  );
}

function KeyState({ apiKey: { revokedAt, expiresAt } }: { apiKey: ApiKey }) {
  const now = useNow(60_000);
  if (revokedAt) return <StatusBadge tone="neutral" label="Revoked" />;
  return now !== undefined && expiresAt.getTime() <= now ? (
    <StatusBadge tone="neutral" label="Expired" />
  ) : (
    <StatusBadge tone="success" label="In use" />
  );
}
