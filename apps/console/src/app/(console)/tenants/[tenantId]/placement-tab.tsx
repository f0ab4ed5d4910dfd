"use client";

import { poolOfKey } from "@leasehold/domain/keys/epochs";
import { CopyId } from "@leasehold/ui/components/copy-id";
import { DataTable } from "@leasehold/ui/components/data-table";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { Facts } from "@leasehold/ui/components/facts";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { Boxes } from "lucide-react";
import { useMay } from "../../../../components/permitted.tsx";
import { RequestError } from "../../../../components/request-error.tsx";
import { RotateKey } from "../../../../components/rotate-key.tsx";
import { resourceLabel } from "../../../../lib/item-label.ts";
import type { ConsoleRouter } from "../../../../server/router.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import type { Tenant } from "./types.ts";

type Resource = inferRouterOutputs<ConsoleRouter>["tenantRecords"]["resources"][number];

const states = {
  INTENDED: { label: "Intended", tone: "warning" },
  MADE: { label: "Made", tone: "success" },
  RELEASED: { label: "Released", tone: "neutral" },
} as const;

const moment = (at: Date | null) => (at ? <RelativeTime value={at} /> : <span className="text-muted-foreground">–</span>);

const columns = [
  {
    id: "kind",
    header: "Resource",
    fixed: true,
    sortBy: (row: Resource) => resourceLabel(row.kind),
    cell: (row: Resource) => (
      <>
        <span className="block font-medium">{resourceLabel(row.kind)}</span>
        <code className="block font-mono text-muted-foreground text-sm">{row.kind}</code>
      </>
    ),
  },
  { id: "name", header: "Name", cell: (row: Resource) => <CopyId value={row.ref ?? row.name} label={row.ref ? "reference" : "name"} /> },
  { id: "state", header: "State", sortBy: (row: Resource) => row.state, cell: (row: Resource) => <StatusBadge {...states[row.state]} /> },
  {
    id: "intended",
    header: "Intended",
    sortBy: (row: Resource) => row.intendedAt.getTime(),
    cell: (row: Resource) => moment(row.intendedAt),
  },
  { id: "made", header: "Made", cell: (row: Resource) => moment(row.madeAt) },
  { id: "released", header: "Released", cell: (row: Resource) => moment(row.releasedAt) },
];

export function PlacementTab({ tenant }: { tenant: Tenant }) {
  const trpc = useTRPC();
  const resources = useQuery(trpc.tenantRecords.resources.queryOptions({ tenantId: tenant.tenantId }));
  const mayRotate = useMay("operations:run");
  const { placement } = tenant;
  return (
    <div className="flex flex-col gap-8">
      <Section
        title="Placement"
        description="Where each resource is. Written by the onboarding's first step."
        actions={tenant.state === "ACTIVE" && mayRotate ? <RotateKey tenantId={tenant.tenantId} tenantName={tenant.name} /> : undefined}
      >
        {placement ? (
          <Facts
            facts={[
              ["Region", placement.region],
              [
                "Database",
                placement.database === "pool" ? "Pool" : <CopyId key="database" value={placement.database.name} label="database" full />,
              ],
              ["Bucket", <CopyId key="bucket" value={placement.bucket} label="bucket" full />],
              ["Object prefix", <CopyId key="prefix" value={placement.objectPrefix} label="object prefix" full />],
              ["Key", <Key key="key" keyArn={placement.keyArn} />],
              ["Key managed by", tenant.key.custody === "customer" ? "The customer" : "Leasehold"],
              ...(tenant.key.lost.length === 0 ? [] : [["Lost keys", <LostKeys key="lost" keys={tenant.key.lost} />] as const]),
              ["Role", placement.roleArn ? <CopyId key="role" value={placement.roleArn} label="role ARN" full /> : "Not made yet"],
              ["Epoch", String(placement.epoch)],
            ]}
          />
        ) : (
          <p className="rounded-lg border bg-card px-4 py-3 text-muted-foreground shadow-xs">
            Not placed: the onboarding has not come that far, or was rolled back.
          </p>
        )}
      </Section>
      <Section title="Resources" description="Noted as intended before it is created, as made after, as released when it is gone.">
        <DataTable
          label="Resources"
          columns={columns}
          cards
          rows={resources.data}
          rowId={(row) => `${row.kind}:${row.name}`}
          skeletonRows={4}
          error={
            resources.error && !resources.data ? (
              <RequestError what="The resources" error={resources.error} onRetry={() => resources.refetch()} />
            ) : undefined
          }
          empty={
            <EmptyState
              icon={Boxes}
              title="Nothing was created"
              description="Keys, buckets, stacks and databases of this tenant are listed here."
            />
          }
        />
      </Section>
    </div>
  );
}

function LostKeys({ keys }: { keys: Tenant["key"]["lost"] }) {
  return (
    <ul className="flex flex-col gap-1">
      {keys.map(({ purpose, version, epoch, lostAt }) => (
        <li key={`${purpose} ${version} ${epoch}`} className="text-danger-text">
          {purpose} key, version {version}, under epoch {epoch}: given up <RelativeTime value={lostAt} format="date-time" />
        </li>
      ))}
    </ul>
  );
}

/** A KMS key of the tenant's own, or the pool's, which others share. */
function Key({ keyArn }: { keyArn: string }) {
  if (keyArn === "") return "Not made yet";
  const pool = poolOfKey(keyArn);
  return pool === undefined ? <CopyId value={keyArn} label="key ARN" full /> : `Shared: data keys are under the current epoch of ${pool}`;
}
