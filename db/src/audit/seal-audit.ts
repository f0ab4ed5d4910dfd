import type pg from "pg";
import { crossTenants } from "../cross-tenants.ts";
import { toDomainError } from "../errors.ts";
import type { AuditPlane } from "./chain.ts";

const schemas: Record<AuditPlane, string> = { control: "control", application: "app" };
/** Rows of one tenant in one transaction, tenants in one transaction, and tenants in one pass. */
const rowsAtOnce = 500;
const tenantsAtOnce = 20;
const tenantsInPass = 1_000;

export interface SealPass {
  rows: number;
  /** Age of the oldest row that was found, when it was found, in milliseconds. */
  oldestMs: number;
  /** There was more than one pass takes. */
  more: boolean;
  /** Tenants whose rows could not be sealed; the next pass meets them again. */
  failed: { tenantId: string; error: unknown }[];
}

/**
 * Seals what is visible and unsealed in one database, tenant by tenant, as the role worker. Safe with several at once and when
 * killed: a tenant's rows are sealed by one at a time, in one transaction.
 */
export async function sealAudit(pool: pg.Pool, plane: AuditPlane): Promise<SealPass> {
  const schema = schemas[plane];
  const unsealed = {
    name: `audit-pending-${plane}`,
    text: `select tenant_id as "tenantId", (extract(epoch from clock_timestamp() - min(created_at)) * 1000)::float8 as "ageMs"
      from ${schema}.audit where seq is null group by tenant_id limit ${tenantsInPass}`,
  };
  const { rows: pending } = await crossTenants("audit-seal", () => query<{ tenantId: string; ageMs: number }>(pool, unsealed));
  const oldestMs = Math.max(0, ...pending.map(({ ageMs }) => ageMs));
  const pass: SealPass = { rows: 0, oldestMs, more: pending.length >= tenantsInPass, failed: [] };
  const seal = async (tenantIds: string[]) => {
    const { rows } = await query<{ sealed: number }>(pool, {
      name: `audit-seal-${plane}`,
      text: `select ${schema}.seal_audit(tenant, $2) as sealed from unnest($1::text[]) as tenant`,
      values: [tenantIds, rowsAtOnce],
    });
    for (const { sealed } of rows) {
      pass.rows += Math.max(0, sealed);
      pass.more ||= sealed >= rowsAtOnce;
    }
  };
  for (let first = 0; first < pending.length; first += tenantsAtOnce) {
    const tenantIds = pending.slice(first, first + tenantsAtOnce).map(({ tenantId }) => tenantId);
    await seal(tenantIds).catch(async () => {
      // One tenant's trouble is not the others'.
      for (const tenantId of tenantIds) await seal([tenantId]).catch((error: unknown) => pass.failed.push({ tenantId, error }));
    });
  }
  return pass;
}

/**
 * Takes the details of a person's sealed rows away, by the actor's short form (`user:usr_…`) or the id that rows are about. The chain still
 * verifies. @returns how many rows lost their details
 */
export async function eraseAuditDetails(pool: pg.Pool, plane: AuditPlane, tenantId: string, person: string): Promise<number> {
  const text = `select ${schemas[plane]}.erase_audit_details($1, $2) as erased`;
  const { rows } = await query<{ erased: number }>(pool, { name: `audit-erase-${plane}`, text, values: [tenantId, person] });
  return rows[0]?.erased ?? 0;
}

async function query<Row extends pg.QueryResultRow>(pool: pg.Pool, config: pg.QueryConfig): Promise<pg.QueryResult<Row>> {
  return pool.query<Row>(config).catch((error: unknown) => {
    throw toDomainError(error);
  });
}
