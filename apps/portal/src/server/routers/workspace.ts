import { describeUsers } from "@leasehold/db/control/identity/describe-users";
import { listMembers } from "@leasehold/db/control/members/list-members";
import { findSuspension } from "@leasehold/db/control/suspension/describe-suspension";
import { readTenant, renameTenant } from "@leasehold/db/control/tenants/read-tenant";
import { poolOfKey } from "@leasehold/domain/keys/epochs";
import { isPlanId, plans } from "@leasehold/domain/plans";
import { hasScope } from "@leasehold/domain/roles";
import { z } from "zod";
import { organizationName } from "../../lib/organization-name.ts";
import { applicationClient, callApplication } from "../application/client.ts";
import { readAuditPage } from "../audit/audit-page.ts";
import { router, tenantProcedure } from "../trpc.ts";

const read = tenantProcedure("tenant:read");

export const workspaceRouter = router({
  get: read.query(async ({ ctx }) => {
    const tenant = await readTenant(ctx.services.control, ctx.tenant.tenantId);
    const members = await listMembers(ctx.services.control, ctx.tenant.tenantId);
    const { placement } = tenant;
    return {
      tenantId: tenant.tenantId,
      slug: tenant.slug,
      name: tenant.name,
      plan: tenant.plan,
      state: tenant.state,
      region: tenant.region,
      role: ctx.workspace.role,
      createdAt: tenant.createdAt,
      activatedAt: tenant.activatedAt,
      members: members.length,
      limits: tenant.limits ?? (isPlanId(tenant.plan) ? plans[tenant.plan].limits : null),
      place: placement && {
        database: placement.database === "pool" ? ("pool" as const) : ("own" as const),
        ownStorage: isPlanId(tenant.plan) && plans[tenant.plan].placement.objects === "silo",
        /** Null where the data key is wrapped by a key that its pool shares. */
        keyArn: poolOfKey(placement.keyArn) === undefined ? placement.keyArn : null,
      },
    };
  }),

  /** Of a suspended workspace: since when, what is left of it, and for its owners why. Never what the operators wrote. */
  suspension: tenantProcedure("tenant:read", { whileShut: true }).query(async ({ ctx }) => {
    const { state, suspendedAccess, role } = ctx.workspace;
    if (state !== "SUSPENDED") return null;
    const found = await findSuspension(ctx.services.control, ctx.tenant.tenantId);
    const isOwner = hasScope(role, "tenant:close");
    return { access: suspendedAccess ?? "closed", since: found?.since ?? null, kind: isOwner ? (found?.kind ?? null) : null };
  }),

  /** What is stored and asked, as the application plane counts it. */
  usage: tenantProcedure("documents:read").query(async ({ ctx }) => {
    const { usage } = applicationClient(ctx.services, ctx.workspace, ctx.signedIn.userId, ctx.requestId);
    const [stored, requests] = await Promise.all([callApplication(usage.summary.query()), callApplication(usage.requests.query())]);
    return { ...stored, requests };
  }),

  rename: tenantProcedure("tenant:update")
    .input(z.object({ name: organizationName }))
    .mutation(({ ctx, input }) => renameTenant(ctx.services.control, ctx.tenant, input.name)),

  audit: tenantProcedure("audit:read")
    .input(
      z.object({
        cursor: z.string().max(400).nullish(),
        limit: z.number().int().min(1).max(100).default(50),
        actor: z.string().max(80).optional(),
        action: z.string().max(80).optional(),
        from: z.date().optional(),
        to: z.date().optional(),
        /** What was done in the application plane as well. */
        documents: z.boolean().default(false),
      }),
    )
    .query(async ({ ctx, input: { slug: _, cursor, ...input } }) => {
      const page = await readAuditPage(ctx, { ...input, cursor: cursor ?? undefined });
      const people = await describeUsers(
        ctx.services.identity,
        page.items.flatMap((row) => (row.actor.startsWith("user:") ? [row.actor.slice("user:".length)] : [])),
      );
      return {
        ...page,
        items: page.items.map(({ actor, ...row }) => ({ ...row, actor: actorName(actor, people.get(actor.slice("user:".length))?.name) })),
      };
    }),
});

function actorName(actor: string, name: string | undefined): string {
  if (actor.startsWith("user:")) return name ?? "A former member";
  if (actor.startsWith("api-key:")) return "An API key";
  return actor.startsWith("operator:") ? "Leasehold support" : "Leasehold";
}
