import { changeHold } from "@leasehold/db/control/offboarding/change-hold";
import { decideOffboarding } from "@leasehold/db/control/offboarding/decide-offboarding";
import { describeOffboarding } from "@leasehold/db/control/offboarding/describe-offboarding";
import { listLegalHolds, placeLegalHold, releaseLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { listEvidence } from "@leasehold/db/control/offboarding/list-evidence";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { actorRef } from "@leasehold/domain/context";
import { isId, type OperationId } from "@leasehold/domain/ids";
import { z } from "zod";
import { router, scopedProcedure } from "../trpc.ts";
import { asked, contextOf, ofTenant, reason } from "./about-tenant.ts";

const operationId = z.custom<OperationId>((value) => isId("operation", value), { error: "This is not the id of a closing." });
const decided = asked.extend({ operationId });
const end = z.iso.datetime({ offset: true, error: "Give the end as a time." });
const holdChange = z.discriminatedUnion("change", [
  decided.extend({ change: z.literal("cancel") }),
  decided.extend({ change: z.literal("extend"), endsAt: end }),
  decided.extend({ change: z.literal("shorten"), endsAt: end }),
  decided.extend({ change: z.literal("withdraw-shortening") }),
]);

/** Letting a tenant go, as operators see and decide it. */
export const offboardingRouter = router({
  /** The closing that is under way or was last, with what it counted, and every legal hold. */
  get: scopedProcedure("tenants:read")
    .input(ofTenant)
    .query(async ({ ctx, input: { tenantId } }) => {
      const [closing, legalHolds] = await Promise.all([describeOffboarding(ctx.pool, tenantId), listLegalHolds(ctx.pool, tenantId)]);
      if (closing === undefined) return { closing: null, legalHolds };
      const evidence = await listEvidence(ctx.pool, { tenantId, operationId: closing.operationId });
      const own = actorRef({ type: "operator", operatorId: ctx.operator.operatorId });
      const certificates = closing.certificates.map((certificate) => ({
        ...certificate,
        url: `${ctx.settings.portalUrl}/certificates/${certificate.certificateId}`,
      }));
      return { closing: { ...closing, certificates, evidence, ownRequest: closing.requestedBy === own }, legalHolds };
    }),

  /** Waits for a second operator. */
  request: scopedProcedure("tenants:close")
    .input(
      asked.extend({
        confirmation: z.string().max(100),
        withExport: z.boolean().default(true),
        holdDays: z.number().min(0).max(365).optional(),
      }),
    )
    .mutation(({ ctx, input: { tenantId, ...request } }) => requestOffboarding(ctx.pool, contextOf(ctx, tenantId), request)),

  decide: scopedProcedure("tenants:close")
    .input(decided.extend({ decision: z.enum(["approve", "reject"]) }))
    .mutation(({ ctx, input }) => decideOffboarding(ctx.pool, { ...input, operatorId: ctx.operator.operatorId, requestId: ctx.requestId })),

  changeHold: scopedProcedure("tenants:close")
    .input(holdChange)
    .mutation(({ ctx, input: { tenantId, ...change } }) => changeHold(ctx.pool, contextOf(ctx, tenantId), change)),

  placeLegalHold: scopedProcedure("legal-holds:manage")
    .input(ofTenant.extend({ caseNumber: z.string().trim().min(1, "Enter the number of the case.").max(100), reason }))
    .mutation(({ ctx, input: { tenantId, ...hold } }) => placeLegalHold(ctx.pool, contextOf(ctx, tenantId), hold)),

  releaseLegalHold: scopedProcedure("legal-holds:manage")
    .input(ofTenant.extend({ holdId: z.string().max(40), reason }))
    .mutation(({ ctx, input: { tenantId, ...release } }) => releaseLegalHold(ctx.pool, contextOf(ctx, tenantId), release)),
});
