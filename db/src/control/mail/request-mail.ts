import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

export interface MailRequest {
  tenantId: TenantId;
  /** One mail to each person at most per key, for good. */
  key: string;
  template: string;
  /** For the template: ids, times and numbers, nobody's name. */
  props: Record<string, unknown>;
  /** Waits, addressed and sealed, until `releaseHeldMail` lets it go. */
  held?: boolean;
}

/** In place of a template: asks for the names and addresses of a tenant's people, sealed, for its next export. */
export const exportPeopleRequest = "export-people";

/** Asks the portal, which knows the addresses, to write to the tenant's owners. @returns false when it was asked before */
export async function requestMail(tx: ControlTransaction, { tenantId, key, template, props, held = false }: MailRequest): Promise<boolean> {
  const inserted = await tx.execute(sql`
    insert into control.mail_requests (tenant_id, request_key, template, props, held)
    values (${tenantId}, ${key}, ${template}, ${JSON.stringify(props)}::jsonb, ${held}) on conflict do nothing`);
  return inserted.rowCount === 1;
}
