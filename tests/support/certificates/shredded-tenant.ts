import { withConnection } from "@leasehold/db/client";
import { recordEvidence } from "@leasehold/db/control/offboarding/record-evidence";
import { withControl } from "@leasehold/db/control/with-control";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { type Evidence, evidenceItem } from "@leasehold/domain/offboarding/certificate";
import type { World } from "../world.ts";

export interface ShreddedTenant {
  tenantId: TenantId;
  operationId: OperationId;
  pseudonym: string;
  slug: string;
  requestedBy: string;
  approvedBy: string;
  holdId: string;
}

export const caseNumber = "Case 17/2026";

/** A tenant past the point of no return, as the catalog knows it, and nothing of it anywhere else. */
export async function insertShreddedTenant(
  world: World,
  { requestedBy: owner, confirmedBy = null }: { requestedBy?: string; confirmedBy?: string | null } = {},
): Promise<ShreddedTenant> {
  const tenantId = newId("tenant");
  const operationId = newId("operation");
  const tenant = {
    tenantId,
    operationId,
    pseudonym: newId("pseudonym"),
    slug: `shredded-${tenantId.slice(-10).toLowerCase()}`,
    requestedBy: owner ?? `operator:${newId("operator")}`,
    approvedBy: `operator:${newId("operator")}`,
    holdId: newId("legalHold"),
  };
  const { slug, pseudonym, requestedBy, approvedBy, holdId } = tenant;
  await withConnection(world.ownerUrl("control"), async (owner) => {
    const insert = (text: string, values: unknown[]) => owner.query(text, values);
    await insert(
      "insert into control.tenants (tenant_id, slug, name, plan, region) values ($1, $2, 'A Name Nobody Reads', 'business', 'r')",
      [tenantId, slug],
    );
    await insert(
      `insert into control.legal_holds (tenant_id, hold_id, case_number, reason, placed_by, released_by, released_at)
       values ($1, $2, $3, 'r', $4, $4, now())`,
      [tenantId, holdId, caseNumber, requestedBy],
    );
    await insert(
      `insert into control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by, started_at)
       values ($1, $2, 'offboarding', 'RUNNING', $3, $4, now())`,
      [tenantId, operationId, `offboarding:${operationId}`, requestedBy],
    );
    await insert(
      `insert into control.offboardings (tenant_id, operation_id, from_state, requested_by, approved_by, approved_at, hold_days,
         hold_began_at, hold_ends_at, shredding_at, pseudonym, confirmed_by)
       values ($1, $2, 'ACTIVE', $3, $4, now(), 30, now() - interval '30 days', now(), now(), $5, $6)`,
      [tenantId, operationId, requestedBy, approvedBy, pseudonym, confirmedBy],
    );
    await insert(
      `insert into control.hold_changes (tenant_id, operation_id, change_id, kind, actor, ends_at) values ($1, $2, $3, 'began', $4, now())`,
      [tenantId, operationId, newId("holdChange"), `system:${operationId}`],
    );
  });
  return tenant;
}

export async function record(world: World, tenant: ShreddedTenant, ...evidence: Evidence[]): Promise<void> {
  await withControl(world.pool("control", "worker"), tenant, async (tx) => {
    for (const one of evidence) await recordEvidence(tx, tenant, evidenceItem(one), one);
  });
}
