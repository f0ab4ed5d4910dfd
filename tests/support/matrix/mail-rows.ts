import { newId, type TenantId } from "@leasehold/domain/ids";
import type { MatrixWorld } from "./matrix-world.ts";

/** A mail that was given up, of a workspace of its own. */
export async function resentMail(world: MatrixWorld) {
  const { tenantId } = await world.portal.member("owner");
  const requestKey = await givenUp(world, tenantId);
  return { input: { tenantId, requestKey }, of: tenantId, changes: ["control.audit", "control.mail_requests"], audit: "mail.sent-again" };
}

/** Another tenant's mail, and none, under our tenant's id. */
export async function swappedMail(world: MatrixWorld) {
  const { tenantId } = await world.portal.member("owner");
  const of = (requestKey: string) => ({ tenantId: world.ours.tenantId, requestKey });
  return { input: of(await givenUp(world, tenantId)), twin: of(newId("event")), expect: "NOT_FOUND" };
}

async function givenUp(world: MatrixWorld, tenantId: TenantId): Promise<string> {
  const requestKey = `not-a-mail:${newId("event")}`;
  await world.rows(
    "insert into control.mail_requests (tenant_id, request_key, template, failed_at, failure) values ($1, $2, 'not-a-mail', now(), 'template-unknown')",
    [tenantId, requestKey],
  );
  return requestKey;
}
