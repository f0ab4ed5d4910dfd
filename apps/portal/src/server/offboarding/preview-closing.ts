import { readTenantKey } from "@leasehold/db/control/keys/read-tenant-key";
import { listMembers, type Workspace } from "@leasehold/db/control/members/list-members";
import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import { isDomainError } from "@leasehold/domain/errors";
import { isPlanId, needsStack, plans } from "@leasehold/domain/plans";
import { applicationClient, callApplication } from "../application/client.ts";
import type { Services } from "../services.ts";

interface Asking {
  services: Services;
  workspace: Workspace;
  userId: string;
  requestId: string;
}

/** What closing a workspace would take away, with counts. What could not be counted right now is null, and never a guess. */
export async function previewClosing({ services, workspace, userId, requestId }: Asking) {
  const { tenantId } = workspace;
  const [tenant, members, key, stored] = await Promise.all([
    readTenant(services.control, tenantId),
    listMembers(services.control, tenantId),
    readTenantKey(services.control, tenantId),
    countStored({ services, workspace, userId, requestId }),
  ]);
  const plan = plans[isPlanId(tenant.plan) ? tenant.plan : "starter"];
  return {
    slug: tenant.slug,
    name: tenant.name,
    holdDays: plan.holdDays,
    members: members.length,
    owners: members.filter(({ role }) => role === "owner").length,
    stored,
    dataKeys: key.dataVersion,
    keyCustody: key.custody,
    sharedKey: plan.placement.key === "epoch",
    ownStack: needsStack(plan.placement),
  };
}

/** Null where the application plane does not answer for this workspace, as while it is suspended. */
async function countStored({ services, workspace, userId, requestId }: Asking) {
  const { usage, apiKeys } = applicationClient(services, workspace, userId, requestId);
  try {
    const [{ documents, storedBytes }, keys] = await Promise.all([
      callApplication(usage.summary.query()),
      callApplication(apiKeys.list.query()),
    ]);
    const now = Date.now();
    const live = keys.filter(({ revokedAt, expiresAt }) => revokedAt === null && expiresAt.getTime() > now);
    return { documents, storedBytes, apiKeys: live.length };
  } catch (error) {
    if (isDomainError(error)) return null;
    throw error;
  }
}
