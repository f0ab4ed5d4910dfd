import { randomBytes } from "node:crypto";
import { describeUsers } from "@leasehold/db/control/identity/describe-users";
import { inviteMember } from "@leasehold/db/control/invitations/invite-member";
import { listInvitations } from "@leasehold/db/control/invitations/list-invitations";
import { renewInvitation, revokeInvitation } from "@leasehold/db/control/invitations/settle-invitation";
import { changeRole, removeMember } from "@leasehold/db/control/members/change-role";
import { listMembers } from "@leasehold/db/control/members/list-members";
import { memberLimitOf } from "@leasehold/db/control/members/member-limit";
import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import { DomainError } from "@leasehold/domain/errors";
import { type Role, roles } from "@leasehold/domain/roles";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import { z } from "zod";
import { emailAddress } from "../../lib/email-address.ts";
import { sha256 } from "../hmac.ts";
import { limitAttempts } from "../identity/limits.ts";
import type { Services } from "../services.ts";
import { router, tenantProcedure } from "../trpc.ts";

const role = z.enum(roles);

export const membersRouter = router({
  list: tenantProcedure("members:read").query(async ({ ctx }) => {
    const members = await listMembers(ctx.services.control, ctx.tenant.tenantId);
    const people = await describeUsers(
      ctx.services.identity,
      members.map(({ userId }) => userId),
    );
    return members.map((member) => ({
      ...member,
      name: people.get(member.userId)?.name ?? "Former account",
      email: people.get(member.userId)?.email ?? "",
      self: member.userId === ctx.signedIn.userId,
    }));
  }),

  invitations: tenantProcedure("members:invite").query(({ ctx }) => listInvitations(ctx.services.control, ctx.tenant.tenantId)),

  invite: tenantProcedure("members:invite")
    .input(z.object({ email: emailAddress, role }))
    .mutation(async ({ ctx, input }) => {
      const email = input.email.toLowerCase();
      await limitAttempts(ctx.services, "invitation", { ip: ctx.ip, email });
      const tenant = await readTenant(ctx.services.control, ctx.tenant.tenantId);
      await refuseMember(ctx.services, ctx.tenant.tenantId, email);
      const link = await invitationLink(ctx.services, tenant.name, { email, role: input.role });
      const request = { email, role: input.role, ...link, memberLimit: memberLimitOf(tenant) };
      return inviteMember(ctx.services.control, ctx.tenant, ctx.workspace.role, request);
    }),

  resend: tenantProcedure("members:invite")
    .input(z.object({ invitationId: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await limitAttempts(ctx.services, "invitation", { ip: ctx.ip });
      const memberLimit = memberLimitOf(await readTenant(ctx.services.control, ctx.tenant.tenantId));
      await renewInvitation(ctx.services.control, ctx.tenant, ctx.workspace.role, input.invitationId, memberLimit, (invitation) =>
        invitationLink(ctx.services, ctx.workspace.name, invitation),
      );
    }),

  revoke: tenantProcedure("members:invite")
    .input(z.object({ invitationId: z.string() }))
    .mutation(({ ctx, input }) => revokeInvitation(ctx.services.control, ctx.tenant, ctx.workspace.role, input.invitationId)),

  changeRole: tenantProcedure("members:manage")
    .input(z.object({ userId: z.string(), role }))
    .mutation(({ ctx, input }) => changeRole(ctx.services.control, ctx.tenant, ctx.workspace.role, input.userId, input.role)),

  remove: tenantProcedure("members:manage")
    .input(z.object({ userId: z.string() }))
    .mutation(({ ctx, input }) => removeMember(ctx.services.control, ctx.tenant, ctx.workspace.role, input.userId)),

  leave: tenantProcedure("tenant:read", { changesIn: ["ACTIVE", "CLOSING"], whileShut: true }).mutation(({ ctx }) =>
    removeMember(ctx.services.control, ctx.tenant, ctx.workspace.role, ctx.signedIn.userId),
  ),
});

/** A fresh link: only the hash of its token is kept, and only the mail holds the token. */
async function invitationLink(services: Services, organizationName: string, to: { email: string; role: Role }) {
  const token = randomBytes(32).toString("base64url");
  const url = `${services.env.PORTAL_URL}/invitations/${token}`;
  const mail = { template: "invitation" as const, to: to.email, props: { url, organizationName, role: to.role } };
  return { tokenHash: sha256(token), sealed: await sealMail(services.env.MAIL_PUBLIC_JWK, mail) };
}

async function refuseMember(services: Services, tenantId: `tnt_${string}`, email: string): Promise<void> {
  const members = await listMembers(services.control, tenantId);
  const people = await describeUsers(
    services.identity,
    members.map(({ userId }) => userId),
  );
  if ([...people.values()].some((person) => person.email === email))
    throw new DomainError("CONFLICT", "This person is a member already.", { field: "email", reason: "already-member" });
}
