import type pg from "pg";

/**
 * Counts or lists what one tenant has, as the role auditor, whose login sees every tenant's rows: the tenant is the statement's first value.
 * Throws for a statement that does not ask by it.
 */
export async function auditTenant<Row extends pg.QueryResultRow>(
  auditor: pg.Pool,
  tenantId: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  if (!/\btenant_id = \$1(?!\d)/.test(text)) throw new Error("the auditor is asked about no tenant");
  return (await auditor.query<Row>(text, [tenantId, ...values])).rows;
}
