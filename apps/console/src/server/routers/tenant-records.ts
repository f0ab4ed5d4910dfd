import { listAudit } from "@leasehold/db/control/audit/list-audit";
import { listAnchors } from "@leasehold/db/control/audit/read-chain";
import { summarizePeople } from "@leasehold/db/control/members/summarize-people";
import { listTimeline } from "@leasehold/db/control/operations/list-timeline";
import { listResources } from "@leasehold/db/control/placement/list-resources";
import { z } from "zod";
import { router, scopedProcedure } from "../trpc.ts";

/** One of each plane is among them unless the other has moved far more often. */
const anchorsShown = 20;
const ofTenant = z.object({ tenantId: z.string().max(40) });

/** What a tenant's page shows in its tabs. */
export const tenantRecordsRouter = router({
  resources: scopedProcedure("tenants:read")
    .input(ofTenant)
    .query(({ ctx, input }) => listResources(ctx.pool, input.tenantId)),
  people: scopedProcedure("tenants:read")
    .input(ofTenant)
    .query(({ ctx, input }) => summarizePeople(ctx.pool, input.tenantId)),
  timeline: scopedProcedure("tenants:read")
    .input(ofTenant)
    .query(({ ctx, input }) => listTimeline(ctx.pool, input.tenantId)),
  audit: scopedProcedure("tenants:read")
    .input(ofTenant.extend({ cursor: z.string().max(600).optional(), limit: z.int().min(1).max(100).default(50) }))
    .query(async ({ ctx, input }) => {
      const [page, anchors] = await Promise.all([
        listAudit(ctx.pool, input.tenantId, input),
        listAnchors(ctx.pool, input.tenantId, anchorsShown),
      ]);
      return { ...page, anchors };
    }),
});
