import { operationStatePresentation } from "@leasehold/domain/operations";
import { plans } from "@leasehold/domain/plans";
import { tenantStatePresentation } from "@leasehold/domain/tenant-states";
import { CopyId } from "@leasehold/ui/components/copy-id";
import { type Column, rowLink } from "@leasehold/ui/components/data-table";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { placementLabel } from "../../../lib/placement-label.ts";
import { stepLabel } from "../../../lib/step-label.ts";
import type { ConsoleRouter } from "../../../server/router.ts";

type Row = inferRouterOutputs<ConsoleRouter>["tenants"]["list"]["items"][number];

export const tenantColumns: Column<Row>[] = [
  {
    id: "name",
    header: "Name",
    fixed: true,
    sortable: true,
    className: "w-full max-w-36 md:w-auto md:max-w-56",
    cell: (row) => (
      <>
        <Link href={`/tenants/${row.tenantId}`} className={`${rowLink} block truncate`} title={row.name}>
          {row.name}
        </Link>
        {row.operation ? (
          <span className="mt-1 block md:hidden">
            <RunningOperation operation={row.operation} />
          </span>
        ) : null}
      </>
    ),
  },
  {
    id: "id",
    header: "Id",
    className: "hidden md:table-cell",
    cell: (row) => <CopyId value={row.tenantId} label="tenant id" className="relative z-10" />,
  },
  { id: "slug", header: "Address", sortable: true, optional: true, cell: (row) => <span className="font-mono text-sm">{row.slug}</span> },
  { id: "plan", header: "Plan", sortable: true, className: "hidden md:table-cell", cell: (row) => plans[row.plan].name },
  { id: "placement", header: "Placement", className: "hidden md:table-cell", cell: (row) => placementLabel(row.plan, row.placement) },
  { id: "region", header: "Region", optional: true, cell: (row) => row.region },
  { id: "state", header: "State", sortable: true, cell: (row) => <TenantState row={row} /> },
  {
    id: "operation",
    header: "Running operation",
    className: "hidden min-w-56 md:table-cell",
    cell: (row) => <RunningOperation operation={row.operation} />,
  },
  {
    id: "created",
    header: "Age",
    sortable: true,
    align: "end",
    className: "hidden sm:table-cell",
    cell: (row) => <RelativeTime value={row.createdAt} className="relative z-10" />,
  },
];

function RunningOperation({ operation }: { operation: Row["operation"] }) {
  if (!operation) return <span className="text-muted-foreground">None</span>;
  const { label, tone } = operationStatePresentation[operation.state];
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <StatusBadge tone={tone} label={label} live={operation.state === "RUNNING" || operation.state === "ROLLING_BACK"} />
      <span
        className="max-w-44 truncate text-muted-foreground text-sm"
        title={operation.step ? stepLabel(operation.kind, operation.step) : operation.kind}
      >
        {operation.step ? stepLabel(operation.kind, operation.step) : operation.kind}
      </span>
    </span>
  );
}

function TenantState({ row }: { row: Row }) {
  return (
    <span className="flex flex-wrap gap-1.5">
      <StatusBadge {...tenantStatePresentation[row.state]} />
      {row.key.closedBy === null ? null : <StatusBadge tone="danger" label="Key closed" />}
      {row.key.lost.length === 0 ? null : <StatusBadge tone="danger" label="Key lost" />}
      {row.legalHolds === 0 ? null : <StatusBadge tone="warning" label="Legal hold" />}
    </span>
  );
}
