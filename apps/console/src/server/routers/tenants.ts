import { createHash } from "node:crypto";
import { renewFirstInvitation } from "@leasehold/db/control/onboarding/renew-first-invitation";
import { requestOnboardingByOperator } from "@leasehold/db/control/onboarding/request-onboarding-by-operator";
import { describeTenant } from "@leasehold/db/control/tenants/describe-tenant";
import { listTenants, tenantSortKeys } from "@leasehold/db/control/tenants/list-tenants";
import { slugAvailability } from "@leasehold/db/control/tenants/slug-availability";
import { DomainError } from "@leasehold/domain/errors";
import { planIds } from "@leasehold/domain/plans";
import { tenantStates } from "@leasehold/domain/tenant-states";
import { z } from "zod";
import { addTenantInput } from "../onboarding/add-tenant-input.ts";
import { invitationToken, renewedToken, sealInvitation } from "../onboarding/invitation.ts";
import { router, scopedProcedure } from "../trpc.ts";

const listInput = z.object({
  search: z.string().max(120).optional(),
  states: z.array(z.enum(tenantStates)).optional(),
  plans: z.array(z.enum(planIds)).optional(),
  attention: z.boolean().optional(),
  legalHold: z.boolean().optional(),
  sort: z.enum(tenantSortKeys).default("created"),
  direction: z.enum(["asc", "desc"]).default("desc"),
  cursor: z.string().max(600).optional(),
  limit: z.int().min(1).max(100).default(50),
});

export const tenantsRouter = router({
  list: scopedProcedure("tenants:read")
    .input(listInput)
    .query(({ ctx, input }) => listTenants(ctx.pool, input)),

  get: scopedProcedure("tenants:read")
    .input(z.object({ tenantId: z.string() }))
    .query(({ ctx, input }) => describeTenant(ctx.pool, input.tenantId)),

  slugAvailability: scopedProcedure("tenants:read")
    .input(z.object({ slug: z.string().max(80) }))
    .query(({ ctx, input }) => slugAvailability(ctx.pool, input.slug)),

  add: scopedProcedure("tenants:onboard")
    .input(addTenantInput)
    .mutation(({ ctx, input }) => {
      if (input.region !== ctx.settings.region) {
        throw new DomainError("VALIDATION", `New tenants are created in ${ctx.settings.region}.`, {
          field: "region",
          reason: "region-unknown",
        });
      }
      return requestOnboardingByOperator(ctx.pool, {
        operatorId: ctx.operator.operatorId,
        requestId: ctx.requestId,
        idempotencyKey: input.idempotencyKey,
        organizationName: input.organizationName,
        slug: input.slug,
        plan: input.plan,
        region: input.region,
        administratorEmail: input.administratorEmail,
        bodyKey: ctx.settings.hmacSecret,
        tokenOf: (invitationId) => invitationToken(ctx.settings, invitationId),
        sealMail: (token) => sealInvitation(ctx.settings, token, input),
      });
    }),

  /** The first administrator's invitation once more, with a new link. */
  resendInvitation: scopedProcedure("invitations:resend")
    .input(
      addTenantInput.pick({ idempotencyKey: true, administratorEmail: true }).extend({
        tenantId: z.string().max(40),
        invitationId: z.string().max(40),
        reason: z.string().trim().min(3, "Say why, in at least three characters.").max(500),
      }),
    )
    .mutation(({ ctx, input }) => {
      const { tenantId, invitationId, administratorEmail, reason, idempotencyKey } = input;
      return renewFirstInvitation(ctx.pool, {
        tenantId,
        invitationId,
        email: administratorEmail,
        reason,
        operatorId: ctx.operator.operatorId,
        requestId: ctx.requestId,
        makeLink: async (organizationName) => {
          const token = renewedToken(ctx.settings, invitationId, idempotencyKey);
          const sealed = await sealInvitation(ctx.settings, token, { administratorEmail, organizationName });
          return { tokenHash: createHash("sha256").update(token).digest("hex"), sealed };
        },
      });
    }),

  /** The regions that new tenants can be created in. */
  regions: scopedProcedure("tenants:read").query(({ ctx }) => [ctx.settings.region]),
});
