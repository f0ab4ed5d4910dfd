import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationState, StepState } from "@leasehold/domain/operations";
import type { Placement } from "@leasehold/domain/placement";
import type { PlanId, TenantLimits } from "@leasehold/domain/plans";
import type { TenantState } from "@leasehold/domain/tenant-states";
import type pg from "pg";
import { toDomainError } from "../../errors.ts";

/** One step of one operation on one tenant. */
export interface StepRef {
  operationId: OperationId;
  tenantId: TenantId;
  step: string;
}

/** One attempt at a step, by the lease that its begin gave out. */
export interface HeldStep extends StepRef {
  lease: string;
}

export interface CatalogResource {
  kind: string;
  name: string;
  ref: string | null;
  state: "INTENDED" | "MADE" | "RELEASED";
}

/** What the catalog knows when a step begins. */
export interface StepCatalog {
  /** The step's state before this attempt: PENDING means that no attempt was ever made. */
  earlier: StepState;
  /** Proves that an attempt is still the one that counts; empty when the step has succeeded, and for undoing. */
  lease: string | null;
  operationState: OperationState;
  subject: { plan?: PlanId; userId?: string; invitationId?: string; keyArn?: string; trial?: "only" };
  requestedBy: string;
  tenantState: TenantState;
  plan: PlanId;
  region: string;
  placement: Placement | null;
  limits: TenantLimits | null;
  resources: CatalogResource[];
}

/** Calls one of the control database's step verbs: one statement, its own transaction, one round trip. */
export async function callStep<T>(pool: pg.Pool, verb: string, values: unknown[]): Promise<T> {
  const places = values.map((_, index) => `$${index + 1}`).join(", ");
  try {
    const { rows } = await pool.query<{ answer: T }>({ name: `step-${verb}`, text: `select control.${verb}(${places}) as answer`, values });
    return rows[0]?.answer as T;
  } catch (error) {
    throw toDomainError(error);
  }
}
