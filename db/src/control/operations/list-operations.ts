import type { OperationKind, OperationState, StepState } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { withControl } from "../with-control.ts";

export interface OperationStep {
  step: string;
  position: number;
  stage: number;
  state: StepState;
  attempt: number;
  errorCode: string | null;
  errorMessage: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export interface OperationCommand {
  commandId: string;
  kind: string;
  state: "PENDING" | "DISPATCHED" | "REFUSED";
  actor: string;
  reason: string | null;
  refusal: string | null;
  createdAt: Date;
}

export interface OperationDetails {
  operationId: string;
  kind: OperationKind;
  state: OperationState;
  workflowId: string;
  requestedBy: string;
  subject: Record<string, string>;
  attentionStep: string | null;
  attentionCode: string | null;
  attentionReason: string | null;
  lastSeq: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  steps: OperationStep[];
  commands: OperationCommand[];
}

const at = (value: unknown): Date | null => (value ? new Date(String(value)) : null);

/** The newest fifty operations of one tenant, each with its steps in order and the commands given to it. */
export function listOperations(pool: Pool, tenantId: string): Promise<OperationDetails[]> {
  return withControl(pool, { tenantId }, async (tx) => {
    const operations = await tx.execute<Record<string, string | null>>(sql`
      SELECT * FROM control.operations WHERE tenant_id = ${tenantId} ORDER BY created_at DESC, operation_id DESC LIMIT 50`);
    const ids = sql.param(operations.rows.map((row) => row.operation_id));
    const steps = await tx.execute<Record<string, string | number | null>>(sql`
      SELECT * FROM control.operation_steps WHERE tenant_id = ${tenantId} AND operation_id = ANY(${ids}::text[]) ORDER BY position`);
    const commands = await tx.execute<Record<string, string | null>>(sql`
      SELECT operation_id, command_id, kind, state, actor, reason, refusal, created_at FROM control.commands
      WHERE tenant_id = ${tenantId} AND operation_id = ANY(${ids}::text[]) ORDER BY created_at, command_id`);
    return operations.rows.map((row) => ({
      operationId: String(row.operation_id),
      kind: row.kind as OperationKind,
      state: row.state as OperationState,
      workflowId: String(row.workflow_id),
      requestedBy: String(row.requested_by),
      subject: row.subject as unknown as Record<string, string>,
      attentionStep: row.attention_step ?? null,
      attentionCode: row.attention_code ?? null,
      attentionReason: row.attention_reason ?? null,
      lastSeq: Number(row.last_seq),
      createdAt: new Date(String(row.created_at)),
      startedAt: at(row.started_at),
      finishedAt: at(row.finished_at),
      steps: steps.rows.filter((step) => step.operation_id === row.operation_id).map(toStep),
      commands: commands.rows.filter((command) => command.operation_id === row.operation_id).map(toCommand),
    }));
  });
}

function toStep(row: Record<string, string | number | null>): OperationStep {
  return {
    step: String(row.step),
    position: Number(row.position),
    stage: Number(row.stage),
    state: row.state as StepState,
    attempt: Number(row.attempt),
    errorCode: (row.error_code as string) ?? null,
    errorMessage: (row.error_message as string) ?? null,
    startedAt: at(row.started_at),
    finishedAt: at(row.finished_at),
  };
}

function toCommand(row: Record<string, string | null>): OperationCommand {
  return {
    commandId: String(row.command_id),
    kind: String(row.kind),
    state: row.state as OperationCommand["state"],
    actor: String(row.actor),
    reason: row.reason ?? null,
    refusal: row.refusal ?? null,
    createdAt: new Date(String(row.created_at)),
  };
}
