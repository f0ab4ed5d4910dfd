"use client";

import { operationStatePresentation } from "@leasehold/domain/operations";
import { plans } from "@leasehold/domain/plans";
import { CopyId } from "@leasehold/ui/components/copy-id";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { ApprovalActions } from "../../../components/approval-actions.tsx";
import { ClosingApproval } from "../../../components/closing-approval.tsx";
import { InterventionActions } from "../../../components/intervention-actions.tsx";
import { runbookOf } from "../../../lib/runbooks.ts";
import { kindLabel, stepLabel } from "../../../lib/step-label.ts";
import type { ConsoleRouter } from "../../../server/router.ts";

type Item = inferRouterOutputs<ConsoleRouter>["operations"]["attention"][number];

export function AttentionCard({ item }: { item: Item }) {
  const { tenantId, tenantName, operationId } = item;
  const parked = item.state === "NEEDS_ATTENTION";
  return (
    <article aria-label={tenantName} className="flex flex-col gap-4 rounded-lg border bg-card p-4 shadow-xs">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-col gap-1">
          <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
            <Link href={`/tenants/${tenantId}?tab=operations`} className="min-w-0 break-words rounded-sm font-medium hover:underline">
              {tenantName}
            </Link>
            <StatusBadge {...operationStatePresentation[item.state]} />
            <span className="text-muted-foreground text-sm">{kindLabel(item.kind)}</span>
          </div>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted-foreground text-sm">
            <span>{plans[item.plan].name}</span>
            <span>{item.region}</span>
            <CopyId value={operationId} label="operation id" />
            <span className="flex gap-1">
              since <RelativeTime value={item.since} />
            </span>
          </div>
        </div>
      </div>
      {parked ? (
        <p className="break-words">
          <span className="text-danger-text">“{stepLabel(item.kind, item.step ?? "")}” failed.</span> {item.reason}{" "}
          {item.code ? <code className="font-mono text-muted-foreground">{item.code}</code> : null}
        </p>
      ) : item.reason ? (
        <p className="break-words text-warning-text">{item.reason}</p>
      ) : null}
      <details className="group text-sm">
        <summary className="w-fit cursor-pointer rounded-sm text-muted-foreground hover:text-foreground">Runbook</summary>
        <ol className="mt-2 flex max-w-2xl list-decimal flex-col gap-1 pl-5">
          {runbookOf(item).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      </details>
      {parked && item.step ? (
        <InterventionActions
          tenantId={tenantId}
          tenantName={tenantName}
          operationId={operationId}
          step={item.step}
          kind={item.kind}
          pending={item.pendingCommand !== null}
          undoing={item.undoing}
        />
      ) : null}
      {item.state === "AWAITING_APPROVAL" ? <Approval item={item} /> : null}
    </article>
  );
}

function Approval({ item: { kind, tenantId, tenantName, operationId, ownRequest } }: { item: Item }) {
  if (kind === "offboarding")
    return <ClosingApproval tenantId={tenantId} tenantName={tenantName} operationId={operationId} ownRequest={ownRequest} />;
  return <ApprovalActions tenantId={tenantId} tenantName={tenantName} operationId={operationId} />;
}
