import { listSessionEnds } from "@leasehold/db/control/sessions/list-session-ends";
import { requestSessionEnd } from "@leasehold/db/control/sessions/request-session-end";
import { isId, type TenantId } from "@leasehold/domain/ids";
import { z } from "zod";
import { router, scopedProcedure } from "../trpc.ts";

const tenantId = z.custom<string>((value) => isId("tenant", value), { error: "This is not the id of a tenant." });
const userId = z.custom<string>((value) => isId("user", value), { error: "This is not the id of a person." });
const reason = z.string().trim().min(3, "Say why, in at least three characters.").max(500);

/** Where the people of a tenant are signed in, as far as operators decide about it: they end sessions, and see none. */
export const sessionsRouter = router({
  /** Who is in the tenant, by id, and whose sessions were ended. */
  ofTenant: scopedProcedure("tenants:read")
    .input(z.object({ tenantId: z.string().max(40) }))
    .query(({ ctx, input }) => listSessionEnds(ctx.pool, input.tenantId)),

  /** Signs a person out everywhere, also of other workspaces that they are in. */
  end: scopedProcedure("sessions:end")
    .input(z.object({ tenantId, userId, reason }))
    .mutation(({ ctx, input: { tenantId, ...asked } }) =>
      requestSessionEnd(
        ctx.pool,
        { tenantId: tenantId as TenantId, actor: { type: "operator", operatorId: ctx.operator.operatorId }, requestId: ctx.requestId },
        asked,
      ),
    ),
});
