import { listSuspensions } from "@leasehold/db/control/suspension/describe-suspension";
import { requestSuspension } from "@leasehold/db/control/suspension/request-suspension";
import type { TenantContext } from "@leasehold/domain/context";
import { isId, type TenantId } from "@leasehold/domain/ids";
import { suspensionAccesses, suspensionKinds } from "@leasehold/domain/suspension/kinds";
import { z } from "zod";
import type { Operator } from "../identity/auth.ts";
import { router, scopedProcedure } from "../trpc.ts";

const ofTenant = z.object({ tenantId: z.custom<TenantId>((value) => isId("tenant", value), { error: "This is not the id of a tenant." }) });
const asked = ofTenant.extend({
  reason: z.string().trim().min(3, "Say why, in at least three characters.").max(500),
  idempotencyKey: z.string().min(16).max(100),
});

const contextOf = ({ operator, requestId }: { operator: Operator; requestId: string }, tenantId: TenantId): TenantContext => ({
  tenantId,
  actor: { type: "operator", operatorId: operator.operatorId },
  requestId,
});

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
