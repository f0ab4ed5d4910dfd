"use client";

import { DataTable, type Sort } from "@leasehold/ui/components/data-table";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { Button } from "@leasehold/ui/components/ui/button";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Building2, Plus } from "lucide-react";
import Link from "next/link";
import { useDeferredValue, useState } from "react";
import { Permitted } from "../../../components/permitted.tsx";
import { RequestError } from "../../../components/request-error.tsx";
import { useTRPC } from "../../../trpc/client.tsx";
import { tenantColumns } from "./columns.tsx";
import { TenantFilters } from "./filters.tsx";
import { queryOf, sortKeys, type TenantView, writeView } from "./search-params.ts";

const directions = { asc: "ascending", desc: "descending" } as const;
const everything: TenantView = {
  search: "",
  state: undefined,
  plan: undefined,
  attention: false,
  legalHold: false,
  sort: "created",
  direction: "desc",
};

export function TenantList({ initialView }: { initialView: TenantView }) {
  const trpc = useTRPC();
  const [view, setView] = useState(initialView);
  // The cursors of the pages before this one; a change of the view starts again at the first.
  const [trail, setTrail] = useState<string[]>([]);
  const asked = useDeferredValue(view);
  const tenants = useQuery(
    trpc.tenants.list.queryOptions(queryOf(asked, trail.at(-1)), { placeholderData: keepPreviousData, refetchInterval: 30_000 }),
  );
  const change = (changes: Partial<TenantView>) => {
    const next = { ...view, ...changes };
    setView(next);
    setTrail([]);
    window.history.replaceState(null, "", `/tenants${writeView(next)}`);
  };
  const sortBy = (sort: Sort | null) => {
    const key = sortKeys.find((candidate) => candidate === sort?.column);
    change(
      key && sort ? { sort: key, direction: sort.direction === "ascending" ? "asc" : "desc" } : { sort: "created", direction: "desc" },
    );
  };
  const filtered = Boolean(view.search || view.state || view.plan || view.attention || view.legalHold);
  const nextCursor = tenants.data?.nextCursor;
  const count = tenants.data?.items.length ?? 0;
  return (
    <>
      <PageHeader
        title="Tenants"
        actions={
          <Permitted scope="tenants:onboard" quiet>
            <Button asChild>
              <Link href="/tenants/new">
                <Plus aria-hidden="true" />
                Add tenant
              </Link>
            </Button>
          </Permitted>
        }
      />
      <DataTable
        label="Tenants"
        columns={tenantColumns}
        columnChoice
        rows={tenants.data?.items}
        rowId={(tenant) => tenant.tenantId}
        sort={{ column: view.sort, direction: directions[view.direction] }}
        onSortChange={sortBy}
        filterLabel="Search name, id or address"
        filter={view.search}
        onFilterChange={(search) => change({ search })}
        toolbar={<TenantFilters view={view} onChange={change} />}
        refreshing={tenants.isPlaceholderData}
        error={
          tenants.error && !tenants.data ? (
            <RequestError what="The tenants" error={tenants.error} onRetry={() => tenants.refetch()} retrying={tenants.isFetching} />
          ) : undefined
        }
        empty={
          filtered ? (
            <EmptyState
              icon={Building2}
              title="No tenant matches"
              description="Nothing fits this search and these filters."
              action={
                <Button variant="secondary" onClick={() => change(everything)}>
                  Show all tenants
                </Button>
              }
            />
          ) : (
            <EmptyState
              icon={Building2}
              title="No tenants yet"
              description="They appear here when an organization signs up in the portal, or when you add one."
              action={
                <Permitted scope="tenants:onboard" quiet>
                  <Button asChild>
                    <Link href="/tenants/new">Add tenant</Link>
                  </Button>
                </Permitted>
              }
            />
          )
        }
        pages={{
          onPrevious: trail.length > 0 ? () => setTrail(trail.slice(0, -1)) : undefined,
          onNext: nextCursor ? () => setTrail([...trail, nextCursor]) : undefined,
          label: tenants.data ? `Page ${trail.length + 1}, ${count} ${count === 1 ? "tenant" : "tenants"}` : "",
        }}
      />
    </>
  );
}
