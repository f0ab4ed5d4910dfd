import { countAuthored } from "@leasehold/db/application/erasure/count-authored";
import { isId } from "@leasehold/domain/ids";
import { z } from "zod";
import { internalProcedure, requireScope, router } from "../trpc/init.ts";

const userId = z.custom<string>((value) => isId("user", value), { error: "This is not the id of a person." });

export const erasureRouter = router({
  /** What one person made here: for the owners, and for the person themselves. Of somebody unknown, nothing. */
  authored: internalProcedure.input(z.object({ userId })).query(({ ctx: { kit, app }, input }) => {
    const own = app.actor.type === "user" && app.actor.userId === input.userId;
    requireScope(app, own ? "tenant:read" : "members:erase");
    return kit.data.query(app, "read", (tx) => countAuthored(tx, app.tenantId, input.userId));
  }),
});
