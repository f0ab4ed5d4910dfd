"use client";

import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { RequestError } from "../../../../../components/request-error.tsx";
import type { ConsoleRouter } from "../../../../../server/router.ts";
import { useTRPC } from "../../../../../trpc/client.tsx";
import type { Tenant } from "../types.ts";
import { ClosingCard } from "./closing-card.tsx";
import { LegalHolds } from "./legal-holds.tsx";
import { RequestClosing } from "./request-closing.tsx";

export type ClosingOutput = inferRouterOutputs<ConsoleRouter>["offboarding"]["get"];
export type Closing = NonNullable<ClosingOutput["closing"]>;
export type LegalHold = ClosingOutput["legalHolds"][number];

const lookEveryMs = 5_000;

/** Letting a tenant go: its closing, and the legal holds that stop the end from coming. */
export function ClosingTab({ tenant }: { tenant: Tenant }) {
  const tenantId = tenant.tenantId as `tnt_${string}`;
  // What owners decide has no event of its own.
  const query = useQuery({ ...useTRPC().offboarding.get.queryOptions({ tenantId }), refetchInterval: lookEveryMs });
  if (query.error && !query.data)
    return <RequestError what="The closing" error={query.error} onRetry={() => query.refetch()} retrying={query.isFetching} />;
  if (!query.data) return <Skeleton className="h-96 w-full" />;
  const { closing, legalHolds } = query.data;
  const open = closing !== null && closing.finishedAt === null;
  return (
    <div className="flex flex-col gap-8">
      {closing === null ? null : <ClosingCard tenantId={tenantId} tenant={tenant} closing={closing} />}
      {open || tenant.state === "CLOSED" ? null : <RequestClosing tenantId={tenantId} tenant={tenant} />}
      <LegalHolds tenantId={tenantId} tenant={tenant} holds={legalHolds} />
    </div>
  );
}
