import { decideKeyLoss } from "@leasehold/db/control/keys/losses/decide-key-loss";
import { requestKeyLoss } from "@leasehold/db/control/keys/losses/request-key-loss";
import { z } from "zod";
import { router, scopedProcedure } from "../trpc.ts";
import { contextOf, explained } from "./about-tenant.ts";

/** Giving up wrapped keys that do not open, so that the epoch which is held for them goes on. */
export const keyLossesRouter = router({
  /** Waits for a second operator. */
  request: scopedProcedure("tenants:close")
    .input(explained)
    .mutation(({ ctx, input: { tenantId, reason } }) => requestKeyLoss(ctx.pool, contextOf(ctx, tenantId), { reason })),

  decide: scopedProcedure("tenants:close")
    .input(explained.extend({ lossId: z.string().max(40), decision: z.enum(["approve", "reject"]) }))
    .mutation(({ ctx, input: { tenantId, ...decision } }) => decideKeyLoss(ctx.pool, contextOf(ctx, tenantId), decision)),
});
