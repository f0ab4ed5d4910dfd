import { requestReset } from "@leasehold/db/control/second-factors/request-reset";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { operators } from "../operators.ts";
import type { MatrixWorld } from "./matrix-world.ts";

const reason = "tried by a test";
const changes = ["control.audit", "control.second_factor_resets"];

/** What an operator does about the second factor of somebody of a tenant of their own; somebody of another one is nobody there. */
export const resetRows = {
  async request({ portal, ours, theirs }: MatrixWorld) {
    const person = await portal.member("owner");
    const of = (tenantId: string, userId: string) => ({ tenantId, userId, reason });
    return {
      swap: { input: of(ours.tenantId, theirs.people.owner.userId), twin: of(ours.tenantId, newId("user")), expect: "NOT_FOUND" },
      change: { input: of(person.tenantId, person.userId), of: person.tenantId, changes, audit: "second-factor.reset-requested" },
    };
  },
  async decide(world: MatrixWorld) {
    const swapped = (resetId: string) => ({ tenantId: world.ours.tenantId, resetId, decision: "approve", reason });
    const [another, own] = [await askedByAnother(world), await askedByAnother(world)];
    return {
      swap: { input: swapped(another.resetId), twin: swapped(newId("secondFactorReset")), expect: "NOT_FOUND" },
      change: {
        input: { ...own, decision: "reject", reason },
        of: own.tenantId,
        changes,
        audit: "second-factor.reset-rejected",
      },
    };
  },
};

async function askedByAnother(world: MatrixWorld): Promise<{ tenantId: TenantId; resetId: string }> {
  const { tenantId, userId } = await world.portal.member("owner");
  const ctx = { tenantId, actor: { type: "operator", operatorId: operators.sid }, requestId: newId("request") } as const;
  const { resetId } = await requestReset(world.application.world.pool("control", "operator"), ctx, { userId, reason });
  return { tenantId, resetId };
}
