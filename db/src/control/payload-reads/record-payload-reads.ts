import { actorRef } from "@leasehold/domain/context";
import { isId, newId, type TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { emitAudit } from "../audit/emit-audit.ts";
import { withControl } from "../with-control.ts";

export interface PayloadRead {
  /** A tenant's id, or `control-plane`. */
  owner: string;
  payloads: number;
  /** Workflow ids. */
  runs: readonly string[];
}

/**
 * Writes down that an operator reads what Temporal keeps, before anything of it is handed out: in the tenant's own log, or, where there
 * is none or it is being deleted, in the platform's list.
 */
export async function recordPayloadReads(
  pool: pg.Pool,
  { operatorId, requestId, namespace }: { operatorId: string; requestId: string; namespace: string },
  reads: readonly PayloadRead[],
): Promise<void> {
  const actor = { type: "operator" as const, operatorId };
  const unlogged: PayloadRead[] = [];
  for (const read of reads) {
    const tenantId = read.owner;
    if (!isId("tenant", tenantId)) unlogged.push(read);
    else if (!(await noteInTenant(pool, tenantId, read))) unlogged.push(read);
  }
  if (unlogged.length > 0) await crossTenants("payload-reads", () => withControl(pool, {}, noteInPlatform));

  async function noteInTenant(database: pg.Pool, tenantId: TenantId, { payloads, runs }: PayloadRead): Promise<boolean> {
    return withControl(database, { tenantId }, async (tx) => {
      const { rowCount } = await tx.execute(sql`
        select from control.tenants where tenant_id = ${tenantId} and state not in ('SHREDDING', 'CLOSED', 'FAILED')`);
      if (rowCount !== 1) return false;
      await emitAudit(tx, { tenantId, actor, requestId }, "payloads.read", tenantId, { namespace, payloads, runs });
      return true;
    });
  }

  async function noteInPlatform(tx: Parameters<Parameters<typeof withControl>[2]>[0]): Promise<void> {
    for (const { owner, payloads, runs } of unlogged) {
      await tx.execute(sql`
        insert into control.payload_reads (read_id, actor, owner, namespace, runs, payloads, request_id)
        values (${newId("audit")}, ${actorRef(actor)}, ${owner}, ${namespace}, ${sql.param([...runs])}, ${payloads}, ${requestId})`);
    }
  }
}
