import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { requestMail } from "../mail/request-mail.ts";
import { type ControlTransaction, controlQuery } from "../with-control.ts";

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

const template = "workspace-closed";

/**
 * Asks for the owners' last mail while their addresses are known. It is held until the certificate is there, whose id is chosen here,
 * once.
 */
export async function requestLastMail(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<void> {
  const props = { certificateId: newId("certificate") };
  await requestMail(tx, { tenantId, key: `${template}:${operationId}`, template, props, held: true });
}

/** The id that the owners' last mail names the certificate by; undefined when no such mail was asked for. */
export async function chosenCertificateId(pool: pg.Pool, { tenantId, operationId }: Ref): Promise<`crt_${string}` | undefined> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ id: `crt_${string}` }>(sql`
      select props ->> 'certificateId' as id from control.mail_requests
      where tenant_id = ${tenantId} and request_key = ${`${template}:${operationId}`}`),
  );
  return rows[0]?.id;
}
