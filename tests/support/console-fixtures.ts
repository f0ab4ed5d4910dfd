import { withControl } from "@leasehold/db/control/with-control";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ConsoleWorld } from "./console-world.ts";

let made = 0;

/** What "Add tenant" sends, each time for another organization. */
export function newTenantRequest(changes: Partial<Parameters<ConsoleWorld["console"]["tenants"]["add"]>[0]> = {}) {
  made += 1;
  return {
    idempotencyKey: newId("request"),
    organizationName: `Northwind ${process.pid}-${made}`,
    slug: `northwind-${made}-${process.pid}`,
    plan: "pro" as const,
    region: "eu-central-1",
    administratorEmail: `ada.${made}@northwind.test`,
    ...changes,
  };
}

/** Brings an operation to where a step failed for good, as the worker does. */
export async function parkOperation(
  world: Pick<ConsoleWorld, "worker">,
  tenantId: TenantId,
  operationId: OperationId,
  step = "key",
): Promise<void> {
  await withControl(world.worker, { tenantId }, async (tx) => {
    await tx.execute(sql`
      INSERT INTO control.operation_steps (tenant_id, operation_id, step, position, stage) VALUES (${tenantId}, ${operationId}, ${step}, 4, 3)`);
    await tx.execute(sql`
      UPDATE control.operation_steps SET state = 'FAILED', attempt = 3, error_code = 'FORBIDDEN', error_message = 'KMS refused.', started_at = now(), finished_at = now()
      WHERE tenant_id = ${tenantId} AND operation_id = ${operationId} AND step = ${step}`);
    await tx.execute(sql`
      UPDATE control.operations SET state = 'RUNNING', started_at = now() WHERE tenant_id = ${tenantId} AND operation_id = ${operationId}`);
    await tx.execute(sql`
      UPDATE control.operations SET state = 'NEEDS_ATTENTION', attention_step = ${step}, attention_code = 'FORBIDDEN', attention_reason = 'KMS refused.'
      WHERE tenant_id = ${tenantId} AND operation_id = ${operationId}`);
  });
}

/** A verified sign-up for a plan that an operator approves, as the portal leaves it. */
export async function requestApproval(world: ConsoleWorld): Promise<{ tenantId: TenantId; operationId: OperationId; slug: string }> {
  made += 1;
  const tenantId = newId("tenant");
  const operationId = newId("operation");
  const slug = `fabrikam-${made}-${process.pid}`;
  await withControl(world.portal, { tenantId }, async (tx) => {
    await tx.execute(sql`INSERT INTO control.slugs (slug, tenant_id) VALUES (${slug}, ${tenantId})`);
    await tx.execute(sql`
      INSERT INTO control.tenants (tenant_id, slug, name, plan, region, current_operation)
      VALUES (${tenantId}, ${slug}, ${`Fabrikam ${made}`}, 'enterprise', 'eu-central-1', ${operationId})`);
    await tx.execute(sql`
      INSERT INTO control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by, subject)
      VALUES (${tenantId}, ${operationId}, 'onboarding', 'AWAITING_APPROVAL', ${`onboarding:${operationId}`}, ${`user:${newId("user")}`}, '{}')`);
  });
  return { tenantId, operationId, slug };
}
