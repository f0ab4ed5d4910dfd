"use client";

import { operationStatePresentation } from "@leasehold/domain/operations";
import { CopyId } from "@leasehold/ui/components/copy-id";
import { Duration } from "@leasehold/ui/components/duration";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { StepList } from "@leasehold/ui/components/step-list";
import { Button } from "@leasehold/ui/components/ui/button";
import { ExternalLink } from "lucide-react";
import { ApprovalActions } from "../../../../components/approval-actions.tsx";
import { ClosingApproval } from "../../../../components/closing-approval.tsx";
import { InterventionActions } from "../../../../components/intervention-actions.tsx";
import { actorLabel } from "../../../../lib/actor-label.ts";
import { kindLabel, stepLabel } from "../../../../lib/step-label.ts";
import { CommandList } from "./command-list.tsx";
import { stepsOf } from "./steps-of.tsx";
import type { Operation, Tenant } from "./types.ts";

export function OperationCard({ operation, tenant }: { operation: Operation; tenant: Tenant }) {
  const parked = operation.state === "NEEDS_ATTENTION" && operation.attentionStep;
  return (
    <Section
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {kindLabel(operation.kind)}
          <StatusBadge
            {...operationStatePresentation[operation.state]}
            live={operation.state === "RUNNING" || operation.state === "ROLLING_BACK"}
          />
        </span>
      }
      description={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <CopyId value={operation.operationId} label="operation id" />
          <span className="flex flex-wrap items-center gap-x-1">
            asked for <RelativeTime value={operation.createdAt} /> by {actorLabel(operation.requestedBy)}
          </span>
          {operation.startedAt ? (
            <span>
              <Duration start={operation.startedAt} end={operation.finishedAt ?? (parked ? undefined : null)} /> in all
            </span>
          ) : null}
        </span>
      }
      actions={
        <Button asChild variant="secondary" size="sm">
          <a href={operation.runUrl} target="_blank" rel="noreferrer">
            Run in Temporal
            <ExternalLink aria-hidden="true" />
            <span className="sr-only">(opens in a new tab)</span>
          </a>
        </Button>
      }
    >
      {parked ? (
        <div className="flex flex-col gap-3 rounded-lg border border-danger-solid/50 bg-danger-soft p-4">
          <p className="text-danger-text">
            <b className="font-semibold">Parked at “{stepLabel(operation.kind, parked)}”.</b> {operation.attentionReason}{" "}
            {operation.attentionCode ? <code className="font-mono">{operation.attentionCode}</code> : null}
          </p>
          <InterventionActions
            tenantId={tenant.tenantId}
            tenantName={tenant.name}
            operationId={operation.operationId}
            step={parked}
            kind={operation.kind}
            pending={operation.commands.some(
              (command) => command.state === "PENDING" && ["retry-step", "roll-back"].includes(command.kind),
            )}
            undoing={operation.undoing}
          />
        </div>
      ) : null}
      {operation.state === "RUNNING" && operation.attentionReason ? (
        <p className="rounded-lg border bg-warning-soft p-4 text-warning-text">{operation.attentionReason}</p>
      ) : null}
      {operation.state === "AWAITING_APPROVAL" ? (
        <div className="flex flex-col gap-3 rounded-lg border bg-warning-soft p-4">
          <p className="text-warning-text">Waits for an operator’s approval. Nothing has been done yet.</p>
          {operation.kind === "offboarding" ? (
            <ClosingApproval
              tenantId={tenant.tenantId}
              tenantName={tenant.name}
              operationId={operation.operationId}
              ownRequest={operation.ownRequest}
            />
          ) : (
            <ApprovalActions tenantId={tenant.tenantId} tenantName={tenant.name} operationId={operation.operationId} />
          )}
        </div>
      ) : null}
      <StepList steps={stepsOf(operation, tenant.plan)} label={`Steps of ${operation.kind}`} />
      <CommandList commands={operation.commands} />
    </Section>
  );
}
