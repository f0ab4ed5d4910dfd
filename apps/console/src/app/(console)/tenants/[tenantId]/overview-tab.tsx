"use client";

import { operationStatePresentation } from "@leasehold/domain/operations";
import { plans } from "@leasehold/domain/plans";
import { Bytes } from "@leasehold/ui/components/bytes";
import { Facts } from "@leasehold/ui/components/facts";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { StatTile } from "@leasehold/ui/components/stat-tile";
import { formatNumber } from "@leasehold/ui/lib/format";
import Link from "next/link";
import { placementLabel } from "../../../../lib/placement-label.ts";
import { stepLabel } from "../../../../lib/step-label.ts";
import { SuspensionSection } from "./suspension/suspension-section.tsx";
import type { Tenant } from "./types.ts";

export function OverviewTab({ tenant }: { tenant: Tenant }) {
  const limits = tenant.limits ?? plans[tenant.plan].limits;
  const { operation } = tenant;
  return (
    <div className="flex flex-col gap-8">
      {operation?.state === "NEEDS_ATTENTION" ? (
        <p className="rounded-lg border border-danger-solid/50 bg-danger-soft px-4 py-3 text-danger-text">
          The {operation.kind} is parked{operation.step ? ` at “${stepLabel(operation.kind, operation.step)}”` : ""} and waits for an
          operator.{" "}
          <Link href={`/tenants/${tenant.tenantId}?tab=operations`} className="font-medium underline underline-offset-4">
            Decide
          </Link>
        </p>
      ) : null}
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <StatTile label="Plan" value={plans[tenant.plan].name} detail={plans[tenant.plan].summary} />
        <StatTile label="Placement" value={placementLabel(tenant.plan, tenant.placement)} detail={tenant.region} />
        <StatTile
          label="Member limit"
          value={formatNumber(limits.members)}
          detail={tenant.limits ? "Applied" : "Of the plan, not applied yet"}
        />
        <StatTile
          label="Storage limit"
          value={<Bytes value={limits.storageBytes} />}
          detail={tenant.limits ? "Applied" : "Of the plan, not applied yet"}
        />
      </div>
      <Section title="Record">
        <Facts
          facts={[
            ["Created", <RelativeTime key="created" value={tenant.createdAt} />],
            ["Activated", tenant.activatedAt ? <RelativeTime key="activated" value={tenant.activatedAt} /> : "Not yet"],
            ["Changed", <RelativeTime key="changed" value={tenant.updatedAt} />],
            [
              "Running operation",
              operation ? `${operation.kind}, ${operationStatePresentation[operation.state].label.toLowerCase()}` : "None",
            ],
            ["Data epoch", tenant.placement ? String(tenant.placement.epoch) : "Not placed yet"],
            [
              "Recovery objectives",
              `At most ${plans[tenant.plan].rpoMinutes} min of data lost, back within ${plans[tenant.plan].rtoMinutes} min`,
            ],
          ]}
        />
      </Section>
      <SuspensionSection tenant={tenant} />
    </div>
  );
}
