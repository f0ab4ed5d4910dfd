import { sql } from "drizzle-orm";
import type { TenantTransaction } from "../with-tenant.ts";
import type { EncryptedColumn } from "./encrypted-columns.ts";

export interface SealedValue {
  rowId: string;
  sealed: Buffer;
}

/** Values of one column that are under an older version, in the order of their rows. */
export async function listUnderOldKeys(
  tx: TenantTransaction,
  tenantId: string,
  { table, id, column, except = "false" }: EncryptedColumn,
  { belowVersion, after, limit }: { belowVersion: number; after: string; limit: number },
): Promise<SealedValue[]> {
  const [rowId, sealed] = [sql.raw(id), sql.raw(column)];
  const { rows } = await tx.execute<{ rowId: string; sealed: Buffer }>(sql`
    select ${rowId} as "rowId", ${sealed} as sealed from ${sql.raw(`app.${table}`)}
    where tenant_id = ${tenantId} and ${rowId} > ${after} and app.key_version_of(${sealed}) < ${belowVersion} and not (${sql.raw(except)})
    order by ${rowId} limit ${limit}`);
  return rows;
}

/** Puts values in the place of those that they were made from; one that was changed meanwhile stays. @returns how many were put */
export async function replaceSealed(
  tx: TenantTransaction,
  tenantId: string,
  { table, id, column }: EncryptedColumn,
  values: readonly (SealedValue & { from: Buffer })[],
): Promise<number> {
  const [rowId, sealed] = [sql.raw(id), sql.raw(column)];
  const param = (list: readonly unknown[]) => sql.param([...list]);
  const { rowCount } = await tx.execute(sql`
    update ${sql.raw(`app.${table}`)} t set ${sealed} = v.next
    from unnest(${param(values.map((value) => value.rowId))}::text[], ${param(values.map(({ from }) => from))}::bytea[],
      ${param(values.map((value) => value.sealed))}::bytea[]) as v (row_id, before, next)
    where t.tenant_id = ${tenantId} and ${rowId} = v.row_id and t.${sealed} = v.before`);
  return rowCount ?? 0;
}
