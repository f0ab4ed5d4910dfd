import { changeOperatorRole } from "@leasehold/db/control/operators/give-operator-role";
import { listOperatorRoles } from "@leasehold/db/control/operators/list-operator-roles";
import { isId } from "@leasehold/domain/ids";
import { operatorRoles } from "@leasehold/domain/operators";
import { z } from "zod";
import { router, scopedProcedure } from "../trpc.ts";

const operatorId = z.custom<string>((value) => isId("operator", value), { error: "This is not the id of an operator." });

const changesShown = 50;

/** Who works here, and what they may do. */
export const operatorsRouter = router({
  /** Everybody who can sign in with their role, and the latest changes of roles, newest first. */
  list: scopedProcedure("operators:manage").query(async ({ ctx }) => {
    const [accounts, changes] = await Promise.all([ctx.listAccounts(), listOperatorRoles(ctx.pool)]);
    const nameOf = (id: string) => accounts.find((account) => account.operatorId === id)?.name ?? "An operator who is gone";
    return {
      operators: accounts.map((account) => ({
        ...account,
        role: changes.find((change) => change.operatorId === account.operatorId)?.role,
        isSelf: account.operatorId === ctx.operator.operatorId,
      })),
      changes: changes.slice(0, changesShown).map(({ operatorId, role, changedBy, reason, changedAt }) => ({
        operatorId,
        name: nameOf(operatorId),
        role,
        by: changedBy.startsWith("operator:") ? nameOf(changedBy.slice("operator:".length)) : null,
        reason,
        changedAt,
      })),
    };
  }),

  changeRole: scopedProcedure("operators:manage")
    .input(
      z.object({
        operatorId,
        role: z.enum(operatorRoles),
        reason: z.string().trim().min(3, "Say why, in at least three characters.").max(500),
      }),
    )
    .mutation(({ ctx, input }) => changeOperatorRole(ctx.pool, { ...input, by: ctx.operator.operatorId })),
});
