import { newId, type TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

export interface SealedMail {
  /** One mail at most per key, for good. */
  dedupeKey: string;
  template: string;
  /** From `sealMail`: only the worker opens it. */
  sealed: string;
  tenantId?: TenantId;
  /** Waits until `releaseHeldMail` lets it go or discards it; needs the tenant. */
  held?: boolean;
}

/** Queues a sealed mail for the worker, in the transaction that gives the reason for it. @returns false when a mail of its key was queued before. */
export async function queueMail(tx: ControlTransaction, mail: SealedMail): Promise<boolean> {
  const inserted = await tx.execute(sql`
    INSERT INTO control.mail_outbox (mail_id, dedupe_key, tenant_id, template, sealed, next_attempt_at)
    VALUES (${newId("mail")}, ${mail.dedupeKey}, ${mail.tenantId ?? null}, ${mail.template}, ${mail.sealed},
      CASE WHEN ${mail.held ?? false} THEN 'infinity'::timestamptz ELSE now() END) ON CONFLICT DO NOTHING`);
  return inserted.rowCount === 1;
}
