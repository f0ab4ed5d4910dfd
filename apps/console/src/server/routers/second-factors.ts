import { decideReset } from "@leasehold/db/control/second-factors/decide-reset";
import { type ListedReset, listResets, listWaitingResets } from "@leasehold/db/control/second-factors/list-resets";
import { requestReset } from "@leasehold/db/control/second-factors/request-reset";
import { actorRef } from "@leasehold/domain/context";
import { isId } from "@leasehold/domain/ids";
import { z } from "zod";
import type { Operator } from "../identity/auth.ts";
import { router, scopedProcedure } from "../trpc.ts";
import { contextOf, explained } from "./about-tenant.ts";

const userId = z.custom<string>((value) => isId("user", value), { error: "This is not the id of a person." });

/** The reader learns whether it was them who asked. */
function shownTo<R extends ListedReset>({ operatorId }: Operator, { requestedBy, ...reset }: R) {
  return { ...reset, ownRequest: requestedBy === actorRef({ type: "operator", operatorId }) };
}

/** The way back in for a person who has lost the app and the recovery codes: two operators agree, and the portal does it. */
export const secondFactorsRouter = router({
  /** What was asked for in a tenant, and what became of it. */
  ofTenant: scopedProcedure("tenants:read")
    .input(z.object({ tenantId: z.string().max(40) }))
    .query(async ({ ctx, input }) => (await listResets(ctx.pool, input.tenantId)).map((reset) => shownTo(ctx.operator, reset))),

  /** What waits for a second operator, of all tenants. */
  waiting: scopedProcedure("tenants:read").query(async ({ ctx }) =>
    (await listWaitingResets(ctx.pool)).map((reset) => shownTo(ctx.operator, reset)),
  ),

  /** Waits for a second operator. The reason says how the person was identified. */
  request: scopedProcedure("second-factors:reset")
    .input(explained.extend({ userId }))
    .mutation(({ ctx, input: { tenantId, ...asked } }) => requestReset(ctx.pool, contextOf(ctx, tenantId), asked)),

  decide: scopedProcedure("second-factors:reset")
    .input(explained.extend({ resetId: z.string().max(40), decision: z.enum(["approve", "reject"]) }))
    .mutation(({ ctx, input: { tenantId, ...decision } }) =>
      decideReset(ctx.pool, contextOf(ctx, tenantId), { ...decision, at: new Date() }),
    ),
});
