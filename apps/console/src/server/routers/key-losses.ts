import { decideKeyLoss } from "@leasehold/db/control/keys/losses/decide-key-loss";
import { requestKeyLoss } from "@leasehold/db/control/keys/losses/request-key-loss";
import type { TenantContext } from "@leasehold/domain/context";
import { isId, type TenantId } from "@leasehold/domain/ids";
import { z } from "zod";
import type { Operator } from "../identity/auth.ts";
import { router, scopedProcedure } from "../trpc.ts";

const asked = z.object({
  tenantId: z.custom<TenantId>((value) => isId("tenant", value), { error: "This is not the id of a tenant." }),
  reason: z.string().trim().min(3, "Say why, in at least three characters.").max(500),
});

const contextOf = ({ operator, requestId }: { operator: Operator; requestId: string }, tenantId: TenantId): TenantContext => ({
  tenantId,
  actor: { type: "operator", operatorId: operator.operatorId },
  requestId,
});

/** Giving up wrapped keys that do not open, so that the epoch which is held for them goes on. */
export const keyLossesRouter = router({
  /** Waits for a second operator. */
  request: scopedProcedure("tenants:close")
    .input(asked)
    .mutation(({ ctx, input: { tenantId, reason } }) => requestKeyLoss(ctx.pool, contextOf(ctx, tenantId), { reason })),

  decide: scopedProcedure("tenants:close")
    .input(asked.extend({ lossId: z.string().max(40), decision: z.enum(["approve", "reject"]) }))
    .mutation(({ ctx, input: { tenantId, ...decision } }) => decideKeyLoss(ctx.pool, contextOf(ctx, tenantId), decision)),
});
