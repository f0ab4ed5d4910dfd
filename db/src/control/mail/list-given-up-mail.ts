import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { acrossTenants } from "../tenants/across-tenants.ts";
import type { MailFailure } from "./give-up-mail.ts";

export interface GivenUpMail {
  tenantId: string;
  tenantName: string;
  requestKey: string;
  template: string;
  failure: MailFailure;
  failedAt: Date;
}

/** For so long operators are told of one. */
const shownDays = 30;
const shown = 50;

/** Mails of all tenants that could not be put into words and will not be tried again, newest first. */
export async function listGivenUpMail(pool: Pool): Promise<GivenUpMail[]> {
  const { rows } = await acrossTenants(pool, "attention", (tx) =>
    tx.execute<Omit<GivenUpMail, "failedAt"> & { failed: string }>(sql`
      SELECT m.tenant_id AS "tenantId", t.name AS "tenantName", m.request_key AS "requestKey", m.template, m.failure, m.failed_at AS failed
      FROM control.mail_requests m JOIN control.tenants t ON t.tenant_id = m.tenant_id
      WHERE m.failed_at > now() - make_interval(days => ${shownDays}) ORDER BY m.failed_at DESC LIMIT ${shown}`),
  );
  return rows.map(({ failed, ...row }) => ({ ...row, failedAt: new Date(failed) }));
}
