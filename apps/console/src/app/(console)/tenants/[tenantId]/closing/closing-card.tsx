"use client";

import { operationStatePresentation } from "@leasehold/domain/operations";
import { Countdown } from "@leasehold/ui/components/countdown";
import { Facts } from "@leasehold/ui/components/facts";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { formatCount } from "@leasehold/ui/lib/format";
import Link from "next/link";
import type { ReactNode } from "react";
import { ClosingApproval } from "../../../../../components/closing-approval.tsx";
import { Permitted } from "../../../../../components/permitted.tsx";
import { actorLabel } from "../../../../../lib/actor-label.ts";
import type { Tenant } from "../types.ts";
import type { Closing } from "./closing-tab.tsx";
import { EvidenceTable } from "./evidence-table.tsx";
import { HoldActions } from "./hold-actions.tsx";
import { HoldHistory } from "./hold-history.tsx";
import { Inventory } from "./inventory.tsx";

interface ClosingCardProps {
  tenantId: `tnt_${string}`;
  tenant: Tenant;
  closing: Closing;
}

/** One closing: who asked and agreed, its hold, what it counted, and what was signed about it. */
export function ClosingCard({ tenantId, tenant, closing }: ClosingCardProps) {
  const { state, operationId, ownRequest } = closing;
  const waits = state === "AWAITING_APPROVAL";
  const holding = closing.finishedAt === null && closing.cancelledAt === null && closing.shreddingAt === null && !waits;
  return (
    <>
      <Section
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            Closing
            <StatusBadge {...operationStatePresentation[state]} live={state === "RUNNING" || state === "ROLLING_BACK"} />
          </span>
        }
        description={
          <>
            Its steps, and what waits for an operator, are under{" "}
            <Link href={`/tenants/${tenantId}?tab=operations`} className="underline underline-offset-4">
              Operations
            </Link>
            .
          </>
        }
      >
        {waits ? (
          <div className="flex flex-col gap-3 rounded-lg border bg-warning-soft p-4">
            <p className="text-warning-text">Waits for a second operator. Nothing has been done yet.</p>
            <ClosingApproval tenantId={tenantId} tenantName={tenant.name} operationId={operationId} ownRequest={ownRequest} />
          </div>
        ) : null}
        <Facts facts={factsOf(closing)} />
        {holding ? (
          <Permitted scope="tenants:close">
            <HoldActions tenantId={tenantId} tenantName={tenant.name} closing={closing} />
          </Permitted>
        ) : null}
      </Section>
      {closing.changes.length > 0 ? <HoldHistory changes={closing.changes} /> : null}
      <Inventory inventory={closing.inventory} />
      {closing.evidence.length > 0 ? <EvidenceTable rows={closing.evidence} /> : null}
    </>
  );
}

function factsOf(closing: Closing): [string, ReactNode][] {
  const { hold, holdDays, legalHolds } = closing;
  return [
    [
      "Asked for",
      <Moment key="asked" at={closing.requestedAt}>
        by {actorLabel(closing.requestedBy)}
      </Moment>,
    ],
    ["Reason", closing.reason ?? "None given"],
    ...(closing.approvedAt === null || closing.approvedBy === null
      ? []
      : [
          [
            "Approved",
            <Moment key="approved" at={closing.approvedAt}>
              by {actorLabel(closing.approvedBy)}
            </Moment>,
          ] as [string, ReactNode],
        ]),
    [
      "Hold",
      hold === null ? `${formatCount(Math.round(holdDays), "day")}, not begun` : <HoldEnd key="hold" hold={hold} closing={closing} />,
    ],
    [
      "Legal holds",
      legalHolds.open === 0 ? (
        "None open"
      ) : (
        <StatusBadge key="legal" tone="warning" label={`${formatCount(legalHolds.open, "open hold")}: the end does not come`} />
      ),
    ],
    ["Export", closing.withExport ? (closing.exportId ?? "Asked for") : "Not asked for"],
    ...(closing.cancelledAt === null
      ? []
      : [
          [
            "Cancelled",
            <Moment key="cancelled" at={closing.cancelledAt}>
              by {actorLabel(closing.cancelledBy ?? "")}
            </Moment>,
          ] as [string, ReactNode],
        ]),
    ...(closing.shreddingAt === null
      ? []
      : [
          ["Point of no return", <RelativeTime key="shredding" value={closing.shreddingAt} format="date-time" withZone />] as [
            string,
            ReactNode,
          ],
        ]),
    ...closing.certificates.map(({ certificateId, kind, issuedAt, url }): [string, ReactNode] => [
      kind === "closure" ? "Certificate" : "Second stamp",
      <span key={certificateId} className="flex flex-wrap gap-x-3">
        <a href={url} className="break-all font-mono underline underline-offset-4">
          {certificateId}
        </a>
        <RelativeTime value={issuedAt} />
      </span>,
    ]),
  ];
}

function Moment({ at, children }: { at: Date; children: ReactNode }) {
  return (
    <span className="flex flex-wrap gap-x-1.5">
      <RelativeTime value={at} /> {children}
    </span>
  );
}

function HoldEnd({ hold, closing }: { hold: NonNullable<Closing["hold"]>; closing: Closing }) {
  const over = closing.shreddingAt !== null || closing.cancelledAt !== null;
  return (
    <span className="flex flex-wrap gap-x-1.5">
      {over ? "Ended" : "Ends"} <RelativeTime value={hold.endsAt} format="date-time" withZone />
      {over ? null : (
        <span className="text-muted-foreground tabular-nums">
          (<Countdown until={hold.endsAt} />)
        </span>
      )}
    </span>
  );
}
