import { sql } from "drizzle-orm";
import type { Transaction } from "../transaction.ts";

/** One transaction at a time adds to a tenant's keys or destroys them: what comes after sees what was before. */
export async function lockKeys(tx: Transaction, tenantId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('keys:' || ${tenantId}, 0))`);
}
