import { requestCommand } from "@leasehold/db/control/commands/request-command";
import { takeSlug } from "@leasehold/db/control/onboarding/take-slug";
import { withControl } from "@leasehold/db/control/with-control";
import type { TenantContext } from "@leasehold/domain/context";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import type { PlanId } from "@leasehold/domain/plans";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import { sql } from "drizzle-orm";
import type { JWK } from "jose";
import type { Pool } from "pg";

export interface RequestedTenant {
  tenantId: TenantId;
  operationId: OperationId;
  userId: string;
  slug: string;
  name: string;
  email: string;
}

/** Names and addresses that no history may hold. */
export function personalDataOf({ name, email, slug }: RequestedTenant): string[] {
  return [name, email, slug];
}

/**
 * What the portal writes when a sign-up's e-mail is verified, as the portal's role: tenant, address, operation, command, and
 * the two mails that wait for the outcome.
 */
export async function requestOnboarding(
  portal: Pool,
  options: { plan?: PlanId; mailKey?: JWK; withCommand?: boolean; slug?: string } = {},
): Promise<RequestedTenant> {
  const { plan = "pro", mailKey, withCommand = true } = options;
  const tenantId = newId("tenant");
  const operationId = newId("operation");
  const userId = newId("user");
  const token = tenantId.slice(-12).toLowerCase();
  const requested = {
    tenantId,
    operationId,
    userId,
    slug: options.slug ?? `acme-${token}`,
    name: `Acme ${token} Ltd`,
    email: `ada.${token}@example.org`,
  };
  const ctx: TenantContext = { tenantId, actor: { type: "user", userId }, requestId: newId("request") };
  await withControl(portal, { tenantId, userId }, async (tx) => {
    await takeSlug(tx, tenantId, requested.slug);
    await tx.execute(sql`
      insert into control.tenants (tenant_id, slug, name, plan, region, current_operation)
      values (${tenantId}, ${requested.slug}, ${requested.name}, ${plan}, 'eu-central-1', ${operationId})`);
    await tx.execute(sql`
      insert into control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by, subject)
      values (${tenantId}, ${operationId}, 'onboarding', 'REQUESTED', ${`onboarding:${operationId}`}, ${`user:${userId}`},
        ${JSON.stringify({ plan, userId })}::jsonb)`);
    if (mailKey !== undefined) await holdMails(tx, requested, mailKey);
    if (withCommand) {
      const idempotencyKey = newId("command");
      await requestCommand(tx, ctx, { operationId, kind: "onboard-tenant", idempotencyKey, body: { tenantId } });
    }
  });
  return requested;
}

async function holdMails(tx: Parameters<Parameters<typeof withControl>[2]>[0], tenant: RequestedTenant, mailKey: JWK): Promise<void> {
  const { tenantId, operationId, name: organizationName, email: to } = tenant;
  const mails = [
    { template: "workspace-ready", to, props: { url: "http://localhost:3000", organizationName } },
    { template: "onboarding-failed", to, props: { organizationName, reference: operationId } },
  ] as const;
  for (const mail of mails) {
    await tx.execute(sql`
      insert into control.mail_outbox (mail_id, dedupe_key, tenant_id, template, sealed, next_attempt_at)
      values (${newId("mail")}, ${`${mail.template}:${operationId}`}, ${tenantId}, ${mail.template}, ${await sealMail(mailKey, mail)}, 'infinity')`);
  }
}
