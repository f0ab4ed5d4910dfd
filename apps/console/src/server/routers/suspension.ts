import { listSuspensions } from "@leasehold/db/control/suspension/describe-suspension";
import { requestSuspension } from "@leasehold/db/control/suspension/request-suspension";
import { suspensionAccesses, suspensionKinds } from "@leasehold/domain/suspension/kinds";
import { z } from "zod";
import { router, scopedProcedure } from "../trpc.ts";
import { asked, contextOf, ofTenant } from "./about-tenant.ts";

/** Suspending a tenant and letting it work again. */
export const suspensionRouter = router({
  /** Every time that it was decided, newest first, with what the operators wrote. */
  list: scopedProcedure("tenants:read")
    .input(ofTenant)
    .query(({ ctx, input }) => listSuspensions(ctx.pool, input.tenantId)),

  suspend: scopedProcedure("tenants:suspend")
    .input(asked.extend({ kind: z.enum(suspensionKinds), access: z.enum(suspensionAccesses) }))
    .mutation(({ ctx, input: { tenantId, ...request } }) =>
      requestSuspension(ctx.pool, contextOf(ctx, tenantId), { action: "suspend", ...request }),
    ),

  resume: scopedProcedure("tenants:suspend")
    .input(asked)
    .mutation(({ ctx, input: { tenantId, ...request } }) =>
      requestSuspension(ctx.pool, contextOf(ctx, tenantId), { action: "resume", ...request }),
    ),
});
