import { newId } from "@leasehold/domain/ids";
import type { MatrixWorld } from "./matrix-world.ts";

const changes = ["control.audit", "control.commands", "control.operations", "control.suspensions"];
const asked = () => ({ reason: "tried by a test", idempotencyKey: newId("request") });

/** What an operator does to a tenant: each on a workspace of its own. */
export const suspensionChanges = {
  async suspend(world: MatrixWorld) {
    const tenantId = await settledTenant(world);
    return {
      input: { tenantId, kind: "abuse", access: "closed", ...asked() },
      of: tenantId,
      changes,
      audit: "suspension.suspend-requested",
    };
  },
  async resume(world: MatrixWorld) {
    const tenantId = await settledTenant(world);
    await world.rows(`begin; alter table control.tenants disable trigger user;
      update control.tenants set state = 'SUSPENDED', suspended_access = 'closed' where tenant_id = '${tenantId}';
      alter table control.tenants enable trigger user; commit`);
    return { input: { tenantId, ...asked() }, of: tenantId, changes, audit: "suspension.resume-requested" };
  },
};

async function settledTenant({ portal }: MatrixWorld): Promise<string> {
  const owner = await portal.member("owner");
  await portal.settle(owner);
  return owner.tenantId;
}
