import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { withControl } from "../with-control.ts";

/**
 * Asks once more for a mail that was given up: the portal addresses it to whoever the owners are now. One that waits again, or has been
 * addressed, is left as it is.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `past-no-return`, `recipient-gone`
 */
export function resendMail(pool: Pool, ctx: TenantContext, requestKey: string): Promise<"requested" | "repeated"> {
  const { tenantId } = ctx;
  return withControl(pool, { tenantId }, async (tx) => {
    await tx.execute(sql`SELECT control.lock_tenant(${tenantId})`);
    const { rows } = await tx.execute<{ failed: boolean; state: string; owners: number; template: string }>(sql`
      SELECT m.failed_at IS NOT NULL AS failed, t.state, m.template,
        (SELECT count(*)::integer FROM control.members o WHERE o.tenant_id = t.tenant_id AND o.role = 'owner') AS owners
      FROM control.mail_requests m JOIN control.tenants t USING (tenant_id)
      WHERE m.tenant_id = ${tenantId} AND m.request_key = ${requestKey}`);
    const mail = rows[0];
    if (mail === undefined) throw new DomainError("NOT_FOUND", "There is no such mail.", { field: "requestKey" });
    if (mail.state === "SHREDDING" || mail.state === "CLOSED") {
      throw new DomainError("PRECONDITION_FAILED", "The tenant is shredded: nobody is written to about it any more.", {
        reason: "past-no-return",
      });
    }
    if (!mail.failed) return "repeated";
    if (mail.owners === 0) {
      throw new DomainError("PRECONDITION_FAILED", "The people whom it was for are gone: there is nobody to write to.", {
        reason: "recipient-gone",
      });
    }
    const { rowCount } = await tx.execute(sql`
      UPDATE control.mail_requests SET failed_at = NULL, failure = NULL
      WHERE tenant_id = ${tenantId} AND request_key = ${requestKey} AND failed_at IS NOT NULL`);
    if (rowCount !== 1) return "repeated";
    await emitAudit(tx, ctx, "mail.sent-again", requestKey, { template: mail.template });
    return "requested";
  });
}
