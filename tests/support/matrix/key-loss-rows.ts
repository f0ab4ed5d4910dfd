import { requestKeyLoss } from "@leasehold/db/control/keys/losses/request-key-loss";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { operators } from "../operators.ts";
import type { MatrixWorld } from "./matrix-world.ts";

const reason = "tried by a test";

/** What an operator does about keys that do not open: each on a workspace of its own. */
export const keyLossChanges = {
  async request(world: MatrixWorld) {
    const tenantId = await tenantWithUnreadable(world);
    return { input: { tenantId, reason }, of: tenantId, changes: ["control.audit", "control.key_losses"], audit: "keys.loss-requested" };
  },
  async decide(world: MatrixWorld) {
    const tenantId = await tenantWithUnreadable(world);
    const { lossId } = await askedByAnother(world, tenantId);
    return {
      input: { tenantId, lossId, decision: "approve", reason },
      of: tenantId,
      changes: ["control.audit", "control.commands", "control.key_losses"],
      audit: "keys.loss-approved",
    };
  },
};

/** Another tenant's request, and none, under our tenant's id. */
export async function swappedKeyLoss(world: MatrixWorld) {
  const { lossId } = await askedByAnother(world, await tenantWithUnreadable(world));
  const of = (loss: string) => ({ tenantId: world.ours.tenantId, lossId: loss, decision: "approve", reason });
  return { input: of(lossId), twin: of(newId("keyLoss")), expect: "NOT_FOUND" };
}

async function tenantWithUnreadable(world: MatrixWorld): Promise<TenantId> {
  const owner = await world.portal.member("owner");
  await world.portal.settle(owner);
  const unreadable = JSON.stringify({ pool: "main", epoch: 1, versions: [1], since: new Date().toISOString() });
  await world.rows("insert into control.tenant_keys (tenant_id, unreadable) values ($1, $2)", [owner.tenantId, unreadable]);
  return owner.tenantId;
}

function askedByAnother(world: MatrixWorld, tenantId: TenantId) {
  const actor = { type: "operator" as const, operatorId: operators.olga };
  return requestKeyLoss(world.application.world.pool("control", "operator"), { tenantId, actor, requestId: newId("request") }, { reason });
}
