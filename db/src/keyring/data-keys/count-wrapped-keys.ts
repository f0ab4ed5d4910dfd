import type pg from "pg";
import { auditTenant } from "../../audit-tenant.ts";

/** How many wrapped keys of a tenant are under each KMS key, or `epoch:<pool>`, as the role auditor sees them; those that a change keeps count as well. */
export function countWrappedKeys(auditor: pg.Pool, tenantId: string): Promise<{ keyArn: string; epoch: number | null; keys: number }[]> {
  return auditTenant<{ keyArn: string; epoch: number | null; keys: number }>(
    auditor,
    tenantId,
    `select arn as "keyArn", epoch, count(*)::integer as keys from (
       select kms_key_arn as arn, epoch from keyring.data_keys where tenant_id = $1
       union all select previous_kms_key_arn, previous_epoch from keyring.data_keys where tenant_id = $1 and previous_kms_key_arn is not null) wrapped
     group by arn, epoch order by arn, epoch`,
  );
}

/** How many keys of a tenant are noted as lost, as the role auditor sees them. */
export async function countLostKeys(auditor: pg.Pool, tenantId: string): Promise<number> {
  const text = "select count(*)::integer as keys from keyring.lost_keys where tenant_id = $1";
  const [found] = await auditTenant<{ keys: number }>(auditor, tenantId, text);
  return found?.keys ?? 0;
}
