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
}

/** Queues a sealed mail for the worker, in the transaction that gives the reason for it. */
export async function queueMail(tx: ControlTransaction, mail: SealedMail): Promise<void> {
  await tx.execute(sql`
    INSERT INTO control.mail_outbox (mail_id, dedupe_key, tenant_id, template, sealed)
    VALUES (${newId("mail")}, ${mail.dedupeKey}, ${mail.tenantId ?? null}, ${mail.template}, ${mail.sealed}) ON CONFLICT DO NOTHING`);
}
