"use client";

import { rolesFor } from "@leasehold/domain/operators";
import { DataTable } from "@leasehold/ui/components/data-table";
import { EmptyState } from "@leasehold/ui/components/empty-state";
import { Field } from "@leasehold/ui/components/field";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { useMutation } from "@tanstack/react-query";
import { Scale } from "lucide-react";
import { useState } from "react";
import { DecisionDialog } from "../../../../../components/decision-dialog.tsx";
import { useMay } from "../../../../../components/permitted.tsx";
import { useDecided } from "../../../../../components/use-decided.ts";
import { useTRPC } from "../../../../../trpc/client.tsx";
import type { Tenant } from "../types.ts";
import type { LegalHold } from "./closing-tab.tsx";

interface LegalHoldsProps {
  tenantId: `tnt_${string}`;
  tenant: Tenant;
  holds: readonly LegalHold[];
}

/** Any number at once: while one is open, a closing does not come to its end. */
export function LegalHolds({ tenantId, tenant, holds }: LegalHoldsProps) {
  const may = useMay("legal-holds:manage");
  const past = tenant.state === "SHREDDING" || tenant.state === "CLOSED" || tenant.state === "FAILED";
  const columns = [
    { id: "case", header: "Case", fixed: true, cell: (row: LegalHold) => <span className="font-mono text-sm">{row.caseNumber}</span> },
    {
      id: "state",
      header: "State",
      cell: (row: LegalHold) =>
        row.releasedAt === null ? <StatusBadge tone="warning" label="Open" /> : <StatusBadge tone="neutral" label="Released" />,
    },
    {
      id: "reason",
      header: "Reason",
      className: "hidden md:table-cell max-w-80 whitespace-normal",
      cell: (row: LegalHold) => (
        <span className="block max-sm:text-right">
          <span className="block break-words">{row.reason}</span>
          {row.releaseReason ? (
            <span className="block break-words text-muted-foreground text-sm">Released: {row.releaseReason}</span>
          ) : null}
        </span>
      ),
    },
    { id: "placed", header: "Placed", className: "hidden sm:table-cell", cell: (row: LegalHold) => <RelativeTime value={row.placedAt} /> },
    {
      id: "released",
      header: "Released",
      className: "hidden lg:table-cell",
      cell: (row: LegalHold) => (row.releasedAt === null ? "Not yet" : <RelativeTime value={row.releasedAt} />),
    },
    {
      id: "actions",
      header: "Actions",
      align: "end" as const,
      cell: (row: LegalHold) => (row.releasedAt === null && !past && may ? <Release tenantId={tenantId} hold={row} /> : null),
    },
  ];
  return (
    <Section
      title="Legal holds"
      description={`While one is open, nothing of the tenant is destroyed, whatever its hold says. The tenant sees that there is one and since when, not its case.${may ? "" : ` Placing or releasing one takes ${rolesFor("legal-holds:manage")}.`}`}
      actions={past || !may ? undefined : <Place tenantId={tenantId} tenantName={tenant.name} />}
    >
      <DataTable
        label="Legal holds"
        columns={columns}
        cards
        rows={holds}
        rowId={(row) => row.holdId}
        empty={<EmptyState icon={Scale} title="No legal hold" description="None was ever placed on this tenant." />}
      />
    </Section>
  );
}

function Place({ tenantId, tenantName }: { tenantId: `tnt_${string}`; tenantName: string }) {
  const decided = useDecided();
  const place = useMutation(useTRPC().offboarding.placeLegalHold.mutationOptions());
  const [caseNumber, setCase] = useState("");
  return (
    <DecisionDialog
      trigger={
        <Button variant="secondary" size="sm">
          <Scale aria-hidden="true" />
          Place legal hold
        </Button>
      }
      title={`Place a legal hold on ${tenantName}?`}
      description="From now on nothing of this tenant is destroyed until it is released, also when its hold runs out meanwhile. A closing can still be cancelled."
      actionLabel="Place legal hold"
      ready={caseNumber.trim() !== ""}
      onOpenChange={() => setCase("")}
      onDecide={async ({ reason }) => {
        const { outcome } = await place.mutateAsync({ tenantId, caseNumber: caseNumber.trim(), reason });
        await decided(outcome === "placed" ? "Legal hold placed" : "There is an open legal hold for this case already");
      }}
    >
      <Field label="Case number">
        <Input
          value={caseNumber}
          onChange={(event) => setCase(event.target.value)}
          maxLength={100}
          autoComplete="off"
          className="font-mono"
        />
      </Field>
    </DecisionDialog>
  );
}

function Release({ tenantId, hold }: { tenantId: `tnt_${string}`; hold: LegalHold }) {
  const decided = useDecided();
  const release = useMutation(useTRPC().offboarding.releaseLegalHold.mutationOptions());
  return (
    <DecisionDialog
      trigger={
        <Button variant="ghost" size="sm" aria-label={`Release the legal hold of ${hold.caseNumber}`}>
          Release
        </Button>
      }
      title={`Release the legal hold of case ${hold.caseNumber}?`}
      description="When no other legal hold is open and the tenant's hold is over, destroying begins at once. This cannot be undone then."
      actionLabel="Release"
      typedName={hold.caseNumber}
      destructive
      onDecide={async ({ reason }) => {
        await release.mutateAsync({ tenantId, holdId: hold.holdId, reason });
        await decided("Legal hold released");
      }}
    />
  );
}
