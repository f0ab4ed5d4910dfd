import type { TenantId } from "@leasehold/domain/ids";
import type pg from "pg";
import { auditTenant } from "../../audit-tenant.ts";

/** A KMS key that a tenant's wrapped keys were under before a change of keys. */
export interface FormerKeyRow extends Record<string, unknown> {
  /** ARN, or `epoch:<pool>`. */
  keyArn: string;
  customerManaged: boolean;
  leftAt: Date;
}

/** What a tenant's wrapped keys were under before, as the role auditor sees it; the same again when they were put back there. */
export function listFormerKeys(auditor: pg.Pool, tenantId: TenantId): Promise<FormerKeyRow[]> {
  return auditTenant<FormerKeyRow>(
    auditor,
    tenantId,
    `select kms_key_arn as "keyArn", customer_managed as "customerManaged", left_at as "leftAt" from keyring.former_keys
     where tenant_id = $1 order by kms_key_arn`,
  );
}

/** How many of them there are, as the role auditor sees them. */
export async function countFormerKeys(auditor: pg.Pool, tenantId: TenantId): Promise<number> {
  return (await listFormerKeys(auditor, tenantId)).length;
}

/** Since when a tenant has wrapped keys: its oldest one that is there. Undefined when it has none. */
export async function findOldestKey(auditor: pg.Pool, tenantId: TenantId): Promise<Date | undefined> {
  const text = "select min(created_at) as since from keyring.data_keys where tenant_id = $1";
  const [found] = await auditTenant<{ since: Date | null }>(auditor, tenantId, text);
  return found?.since ?? undefined;
}
