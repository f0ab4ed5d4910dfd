import { changeOperatorStanding } from "@leasehold/db/control/operators/change-operator-standing";
import { listOperatorSessionEnds, noteOperatorSessionsEnded } from "@leasehold/db/control/operators/end-operator-sessions";
import { changeOperatorRole } from "@leasehold/db/control/operators/give-operator-role";
import { listOperatorRoles } from "@leasehold/db/control/operators/list-operator-roles";
import { isId } from "@leasehold/domain/ids";
import { operatorRoles } from "@leasehold/domain/operators";
import { z } from "zod";
import { router, scopedProcedure } from "../trpc.ts";

const operatorId = z.custom<string>((value) => isId("operator", value), { error: "This is not the id of an operator." });

const reason = z.string().trim().min(3, "Say why, in at least three characters.").max(500);
const changesShown = 50;

/** What a change was, given whether the operator was active after and before it. */
function whatChanged(after: boolean, before = true): "role" | "deactivated" | "reactivated" {
  if (after === before) return "role";
  return after ? "reactivated" : "deactivated";
}

/** Who works here, and what they may do. */
export const operatorsRouter = router({
  /** Everybody who has an account, with their role and whether they are active, and the latest changes of that, newest first. */
  list: scopedProcedure("operators:manage").query(async ({ ctx }) => {
    const [accounts, changes, ends] = await Promise.all([
      ctx.listAccounts(),
      listOperatorRoles(ctx.pool),
      listOperatorSessionEnds(ctx.pool),
    ]);
    const nameOf = (id: string) => accounts.find((account) => account.operatorId === id)?.name ?? "An operator who is gone";
    return {
      operators: accounts.map((account) => ({
        ...account,
        role: changes.find((change) => change.operatorId === account.operatorId)?.role,
        active: changes.find((change) => change.operatorId === account.operatorId)?.active ?? true,
        isSelf: account.operatorId === ctx.operator.operatorId,
      })),
      changes: changes.slice(0, changesShown).map(({ operatorId, role, active, changedBy, reason, changedAt }, index) => ({
        operatorId,
        name: nameOf(operatorId),
        role,
        what: whatChanged(active, changes.slice(index + 1).find((before) => before.operatorId === operatorId)?.active),
        by: changedBy.startsWith("operator:") ? nameOf(changedBy.slice("operator:".length)) : null,
        reason,
        changedAt,
      })),
      sessionEnds: ends.map(({ operatorId, endedBy, reason, secondFactor, endedAt }) => ({
        name: nameOf(operatorId),
        by: nameOf(endedBy.slice("operator:".length)),
        reason,
        secondFactor,
        endedAt,
      })),
    };
  }),

  changeRole: scopedProcedure("operators:manage")
    .input(
      z.object({
        operatorId,
        role: z.enum(operatorRoles),
        reason,
      }),
    )
    .mutation(({ ctx, input }) => changeOperatorRole(ctx.pool, { ...input, by: ctx.operator.operatorId })),

  /** Deactivates or reactivates somebody else. Whoever is deactivated is signed out everywhere. */
  changeStanding: scopedProcedure("operators:manage")
    .input(z.object({ operatorId, active: z.boolean(), reason }))
    .mutation(async ({ ctx, input }) => {
      const outcome = await changeOperatorStanding(ctx.pool, { ...input, by: ctx.operator.operatorId });
      if (!input.active) await ctx.endSessions(input.operatorId);
      return outcome;
    }),

  /** Signs another operator out everywhere; they can sign in again. */
  endSessions: scopedProcedure("operators:manage")
    .input(z.object({ operatorId, reason }))
    .mutation(async ({ ctx, input }) => {
      await noteOperatorSessionsEnded(ctx.pool, { ...input, by: ctx.operator.operatorId, requestId: ctx.requestId });
      await ctx.endSessions(input.operatorId);
    }),

  /** Takes another operator's second factor away and signs them out everywhere; they get in by their password and set up a new one. */
  resetSecondFactor: scopedProcedure("operators:manage")
    .input(z.object({ operatorId, reason }))
    .mutation(async ({ ctx, input }) => {
      const noted = { ...input, by: ctx.operator.operatorId, requestId: ctx.requestId, secondFactor: true };
      await noteOperatorSessionsEnded(ctx.pool, noted);
      await ctx.forgetSecondFactor(input.operatorId);
      await ctx.endSessions(input.operatorId);
    }),
});
