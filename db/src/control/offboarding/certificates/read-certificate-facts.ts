import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { CertificateDocument, StepTimes } from "@leasehold/domain/offboarding/certificate";
import type { ConfirmedBy } from "@leasehold/domain/offboarding/confirmation";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../../with-control.ts";

type HoldChangeKind = NonNullable<CertificateDocument["hold"]>["changes"][number]["kind"];

export interface OperationFacts {
  kind: string;
  requestedBy: string;
  requestedAt: string;
  startedAt: string | null;
}

/** What is known of a closing besides what its steps have counted. Actors are the audit log's. */
export interface ClosingFacts {
  pseudonym: string | null;
  confirmedBy: ConfirmedBy | null;
  approvedBy: string | null;
  approvedAt: string | null;
  holdSeconds: number;
  holdBeganAt: string | null;
  holdEndsAt: string | null;
  shreddingAt: string | null;
  changes: { at: string; kind: HoldChangeKind; endsAt: string | null; actor: string }[];
  legalHolds: {
    holdId: string;
    caseNumber: string;
    placedAt: string;
    placedBy: string;
    releasedAt: string | null;
    releasedBy: string | null;
  }[];
}

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

const iso = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

/** The operation's own row. Throws when it is not in the catalog. */
export async function readOperationFacts(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<OperationFacts> {
  const { rows } = await tx.execute<OperationFacts & Record<string, unknown>>(sql`
    select o.kind, o.requested_by as "requestedBy", ${iso("o.created_at")} as "requestedAt", ${iso("o.started_at")} as "startedAt"
    from control.operations o where o.tenant_id = ${tenantId} and o.operation_id = ${operationId}`);
  if (rows[0] === undefined) throw new Error(`operation ${operationId} is not in the catalog`);
  return rows[0];
}

/** Steps that have begun, in their order, besides the one that asks. */
export async function readStepTimes(tx: ControlTransaction, { tenantId, operationId }: Ref, besides: string): Promise<StepTimes[]> {
  const { rows } = await tx.execute<StepTimes & Record<string, unknown>>(sql`
    select s.step, s.state, ${iso("s.started_at")} as "startedAt", ${iso("s.finished_at")} as "finishedAt"
    from control.operation_steps s
    where s.tenant_id = ${tenantId} and s.operation_id = ${operationId} and s.step <> ${besides} and s.state <> 'PENDING'
    order by s.position, s.step`);
  return rows;
}

/** Evidence by item, as its writers recorded it. */
export async function readEvidence(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<{ item: string; evidence: unknown }[]> {
  const { rows } = await tx.execute<{ item: string; evidence: unknown }>(sql`
    select e.item, e.evidence from control.offboarding_evidence e
    where e.tenant_id = ${tenantId} and e.operation_id = ${operationId} order by e.item`);
  return rows;
}

/** The closing's decisions; undefined when the operation is none. */
export async function readClosingFacts(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<ClosingFacts | undefined> {
  const { rows } = await tx.execute<Omit<ClosingFacts, "changes" | "legalHolds"> & Record<string, unknown>>(sql`
    select o.pseudonym, o.confirmed_by as "confirmedBy", o.approved_by as "approvedBy", ${iso("o.approved_at")} as "approvedAt",
      round(o.hold_days * 86400)::integer as "holdSeconds", ${iso("o.hold_began_at")} as "holdBeganAt",
      ${iso("o.hold_ends_at")} as "holdEndsAt", ${iso("o.shredding_at")} as "shreddingAt"
    from control.offboardings o where o.tenant_id = ${tenantId} and o.operation_id = ${operationId}`);
  if (rows[0] === undefined) return undefined;
  const changes = await tx.execute<ClosingFacts["changes"][number] & Record<string, unknown>>(sql`
    select ${iso("c.at")} as at, c.kind, ${iso("c.ends_at")} as "endsAt", c.actor from control.hold_changes c
    where c.tenant_id = ${tenantId} and c.operation_id = ${operationId} order by c.at, c.change_id`);
  const holds = await tx.execute<ClosingFacts["legalHolds"][number] & Record<string, unknown>>(sql`
    select h.hold_id as "holdId", h.case_number as "caseNumber", ${iso("h.placed_at")} as "placedAt", h.placed_by as "placedBy",
      ${iso("h.released_at")} as "releasedAt", h.released_by as "releasedBy"
    from control.legal_holds h where h.tenant_id = ${tenantId} order by h.placed_at, h.hold_id`);
  return { ...rows[0], changes: changes.rows, legalHolds: holds.rows };
}
