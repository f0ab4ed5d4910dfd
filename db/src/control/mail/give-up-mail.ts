import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { withControl } from "../with-control.ts";
import type { UnaddressedMail } from "./address-mail.ts";

/** Why a mail that somebody asked for can never be written. */
export type MailFailure = "template-unknown" | "props-malformed";

/** The mail is given up for good: no attempt would end otherwise. The same again changes nothing. */
export function giveUpMail(pool: Pool, { tenantId, requestKey }: UnaddressedMail, failure: MailFailure): Promise<void> {
  return withControl(pool, { tenantId }, async (tx) => {
    await tx.execute(sql`
      UPDATE control.mail_requests SET failed_at = now(), failure = ${failure}
      WHERE tenant_id = ${tenantId} AND request_key = ${requestKey} AND addressed_at IS NULL AND failed_at IS NULL`);
  });
}
