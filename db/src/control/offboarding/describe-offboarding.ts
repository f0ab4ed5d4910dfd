import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationState, StepState } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { type ControlTransaction, withControl } from "../with-control.ts";
import type { EndedByFreezing } from "./begin-closing.ts";
import type { Inventory } from "./keep-inventory.ts";

export interface HoldChangeRow {
  changeId: string;
  kind: "began" | "extended" | "shorten-asked" | "shorten-withdrawn" | "shortened" | "cancelled" | "ended";
  actor: string;
  endsAt: Date | null;
  reason: string | null;
  at: Date;
}

export interface ClosingStep {
  step: string;
  state: StepState;
  attempt: number;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** A closing as the control database has it. Actors are references, never names. */
export interface OffboardingDescription {
  operationId: OperationId;
  state: OperationState;
  attentionStep: string | null;
  fromState: "ACTIVE" | "SUSPENDED";
  requestedBy: string;
  requestedAt: Date;
  finishedAt: Date | null;
  reason: string | null;
  approvedBy: string | null;
  approvedAt: Date | null;
  holdDays: number;
  withExport: boolean;
  /** Null until the hold has begun. */
  hold: { beganAt: Date; endsAt: Date } | null;
  /** An earlier end that one side asked for and the other has not agreed to. */
  shortening: { to: Date; by: string } | null;
  cancelledAt: Date | null;
  cancelledBy: string | null;
  ended: EndedByFreezing[] | null;
  /** What there was to be shredded, as it was counted for whoever decides. */
  inventory: Inventory | null;
  shreddingAt: Date | null;
  /** Open ones; which cases they are for is for operators alone. */
  legalHolds: { open: number; since: Date | null };
  exportId: string | null;
  certificates: { certificateId: string; kind: "closure" | "finality"; issuedAt: Date }[];
  steps: ClosingStep[];
  changes: HoldChangeRow[];
}

/** The closing that is under way, or else the last one; undefined when there was none. For whichever role may read the tenant. */
export function describeOffboarding(pool: Pool, tenantId: string): Promise<OffboardingDescription | undefined> {
  return withControl(pool, { tenantId }, async (tx) => {
    const { rows } = await tx.execute<Row>(sql`
      SELECT o.operation_id, p.state, p.attention_step, p.created_at, p.finished_at, o.from_state, o.requested_by, o.reason, o.approved_by, o.approved_at,
        o.hold_days, o.with_export, o.hold_began_at, o.hold_ends_at, o.shorten_to, o.shorten_by, o.cancelled_at, o.cancelled_by, o.ended, o.inventory,
        o.shredding_at, h.open, h.since,
        (SELECT e.export_id FROM control.exports e WHERE e.tenant_id = o.tenant_id AND e.operation_id = o.operation_id
          ORDER BY e.created_at DESC LIMIT 1) AS export_id
      FROM control.offboardings o JOIN control.operations p USING (tenant_id, operation_id)
      CROSS JOIN LATERAL (SELECT count(*)::integer AS open, min(l.placed_at) AS since FROM control.legal_holds l
        WHERE l.tenant_id = o.tenant_id AND l.released_at IS NULL) h
      WHERE o.tenant_id = ${tenantId} ORDER BY o.created_at DESC, o.operation_id DESC LIMIT 1`);
    const row = rows[0];
    if (row === undefined) return undefined;
    const ref = { tenantId: tenantId as TenantId, operationId: row.operation_id };
    return {
      ...describe(row),
      certificates: await readCertificates(tx, ref),
      steps: await readSteps(tx, ref),
      changes: await readChanges(tx, ref),
    };
  });
}

interface Row extends Record<string, unknown> {
  operation_id: OperationId;
  state: OperationState;
  attention_step: string | null;
  created_at: string;
  finished_at: string | null;
  from_state: "ACTIVE" | "SUSPENDED";
  requested_by: string;
  reason: string | null;
  approved_by: string | null;
  approved_at: string | null;
  hold_days: number;
  with_export: boolean;
  hold_began_at: string | null;
  hold_ends_at: string | null;
  shorten_to: string | null;
  shorten_by: string | null;
  cancelled_at: string | null;
  cancelled_by: string | null;
  ended: EndedByFreezing[] | null;
  inventory: Inventory | null;
  shredding_at: string | null;
  open: number;
  since: string | null;
  export_id: string | null;
}

function describe(row: Row): Omit<OffboardingDescription, "certificates" | "steps" | "changes"> {
  const { hold_began_at: began, hold_ends_at: ends, shorten_to: to, shorten_by: by } = row;
  return {
    operationId: row.operation_id,
    state: row.state,
    attentionStep: row.attention_step,
    fromState: row.from_state,
    requestedBy: row.requested_by,
    requestedAt: new Date(row.created_at),
    finishedAt: dateOf(row.finished_at),
    reason: row.reason || null,
    approvedBy: row.approved_by,
    approvedAt: dateOf(row.approved_at),
    holdDays: row.hold_days,
    withExport: row.with_export,
    hold: began === null || ends === null ? null : { beganAt: new Date(began), endsAt: new Date(ends) },
    // Once both sides have agreed, the end that was asked for is the end.
    shortening: to === null || by === null || ends === null || new Date(to) >= new Date(ends) ? null : { to: new Date(to), by },
    cancelledAt: dateOf(row.cancelled_at),
    cancelledBy: row.cancelled_by,
    ended: row.ended,
    inventory: row.inventory,
    shreddingAt: dateOf(row.shredding_at),
    legalHolds: { open: row.open, since: dateOf(row.since) },
    exportId: row.export_id,
  };
}

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

async function readCertificates(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<OffboardingDescription["certificates"]> {
  const { rows } = await tx.execute<{ certificateId: string; kind: "closure" | "finality"; issued: string }>(sql`
    SELECT certificate_id AS "certificateId", kind, issued_at AS issued FROM control.certificates
    WHERE tenant_id = ${tenantId} AND operation_id = ${operationId} ORDER BY sequence`);
  return rows.map(({ issued, ...certificate }) => ({ ...certificate, issuedAt: new Date(issued) }));
}

async function readSteps(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<ClosingStep[]> {
  const { rows } = await tx.execute<{
    step: string;
    state: StepState;
    attempt: number;
    started: string | null;
    finished: string | null;
  }>(sql`
    SELECT step, state, attempt, started_at AS started, finished_at AS finished
    FROM control.operation_steps WHERE tenant_id = ${tenantId} AND operation_id = ${operationId} ORDER BY position`);
  return rows.map(({ started, finished, ...step }) => ({ ...step, startedAt: dateOf(started), finishedAt: dateOf(finished) }));
}

async function readChanges(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<HoldChangeRow[]> {
  type Change = Omit<HoldChangeRow, "endsAt" | "at"> & { ends: string | null; at: string };
  const { rows } = await tx.execute<Change & Record<string, unknown>>(sql`
    SELECT change_id AS "changeId", kind, actor, ends_at AS ends, reason, at
    FROM control.hold_changes WHERE tenant_id = ${tenantId} AND operation_id = ${operationId} ORDER BY at, change_id`);
  return rows.map(({ ends, at, reason, ...change }) => ({ ...change, reason: reason || null, endsAt: dateOf(ends), at: new Date(at) }));
}

function dateOf(value: string | null): Date | null {
  return value === null ? null : new Date(value);
}
