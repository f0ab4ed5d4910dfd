import { CopyId } from "@leasehold/ui/components/copy-id";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import type { inferRouterOutputs } from "@trpc/server";
import type { ReactNode } from "react";
import type { PortalRouter } from "../server/routers/root.ts";

type Tenant = inferRouterOutputs<PortalRouter>["workspace"]["get"];

/** Region, database, storage and key of one workspace. */
export function DataPlace({ tenant }: { tenant: Tenant }) {
  const { place } = tenant;
  return (
    <Facts
      rows={[
        ["Region", tenant.region],
        ["Database", place?.database === "own" ? "Your own" : "Shared, your rows isolated"],
        ["File storage", place?.ownStorage ? "Your own bucket" : "Shared, your prefix isolated"],
        [
          "Encryption key",
          place ? (
            <span key="key" className="flex min-w-0 flex-col items-start">
              <span>Your own, in use</span>
              <CopyId value={place.keyArn} label="key ARN" />
            </span>
          ) : (
            "Being created"
          ),
        ],
        ["Workspace id", <CopyId key="id" value={tenant.tenantId} label="workspace id" />],
        ["Opened", tenant.activatedAt ? <RelativeTime key="at" value={tenant.activatedAt} format="date" /> : "Not yet"],
      ]}
    />
  );
}

/** Names and values, side by side. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="divide-y rounded-lg border bg-card shadow-xs">
      {rows.map(([name, value]) => (
        <div key={name} className="flex min-h-11 flex-wrap items-baseline gap-x-4 gap-y-0.5 px-5 py-2.5">
          <dt className="w-full shrink-0 sm:w-32 text-muted-foreground">{name}</dt>
          <dd className="min-w-0 flex-1">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
