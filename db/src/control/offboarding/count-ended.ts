import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";
import type { EndedByFreezing } from "./begin-closing.ts";

/** What freezing ends, with counts: the access of everybody but the owners, API keys, open invitations, every write. */
export async function countEnded(tx: ControlTransaction, tenantId: string, liveApiKeys: number): Promise<EndedByFreezing[]> {
  const { rows } = await tx.execute<{ people: number; invitations: number }>(sql`
    select (select count(*)::integer from control.members where tenant_id = ${tenantId} and role <> 'owner') as people,
      (select count(*)::integer from control.invitations where tenant_id = ${tenantId} and state = 'PENDING') as invitations`);
  return [
    { what: "writes", count: null, returns: true },
    { what: "sessions", count: rows[0]?.people ?? 0, returns: true },
    { what: "api-keys", count: liveApiKeys, returns: true },
    { what: "invitations", count: rows[0]?.invitations ?? 0, returns: true },
    { what: "webhooks", count: 0, returns: true },
  ];
}
