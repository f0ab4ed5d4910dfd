import { readUsage } from "@leasehold/db/application/usage/read-usage";
import { router, tenantProcedure } from "../trpc/init.ts";

export const usageRouter = router({
  /** Uploads under way count. */
  summary: tenantProcedure("documents:read").query(({ ctx: { kit, app } }) =>
    kit.data.query(app, "read", (tx) => readUsage(tx, app.tenantId)),
  ),
});
