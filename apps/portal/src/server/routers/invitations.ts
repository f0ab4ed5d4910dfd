import { hasUser } from "@leasehold/db/control/identity/describe-users";
import { registerInvitedUser } from "@leasehold/db/control/identity/register-invited-user";
import { acceptInvitation, findInvitation } from "@leasehold/db/control/invitations/accept-invitation";
import { DomainError } from "@leasehold/domain/errors";
import { z } from "zod";
import { addCookies } from "../context.ts";
import { sha256 } from "../hmac.ts";
import { limitAttempts } from "../identity/limits.ts";
import { checkPassword } from "../identity/password-rules.ts";
import { hashPassword } from "../identity/passwords.ts";
import { publicProcedure, router, userProcedure } from "../trpc.ts";

const tokenInput = z.object({ token: z.string().min(16).max(200) });

/** What the holder of a mailed token may do. Holding it proves the address that it was mailed to. */
export const invitationsRouter = router({
  get: publicProcedure.input(tokenInput).query(async ({ ctx, input }) => {
    const { email, role, organizationName, slug } = await findInvitation(ctx.services.control, sha256(input.token));
    const user = await ctx.user();
    const account = user
      ? user.email === email
        ? "signed-in"
        : "other"
      : (await hasUser(ctx.services.identity, email))
        ? "exists"
        : "none";
    return { email, role, organizationName, slug, account } as const;
  }),

  accept: userProcedure.input(tokenInput).mutation(async ({ ctx, input }) => {
    const invitation = await findInvitation(ctx.services.control, sha256(input.token));
    if (ctx.signedIn.email !== invitation.email)
      throw new DomainError("FORBIDDEN", "This invitation is for another e-mail address. Sign out, and sign in with that one.", {
        reason: "invitation-for-another",
      });
    await acceptInvitation(ctx.services.control, invitation, ctx.signedIn.userId, ctx.requestId);
    return { slug: invitation.slug };
  }),

  register: publicProcedure
    .input(tokenInput.extend({ name: z.string().trim().min(1, "Enter your name.").max(80), password: z.string().max(1_000) }))
    .mutation(async ({ ctx, input }) => {
      await limitAttempts(ctx.services, "invitation", { ip: ctx.ip });
      const invitation = await findInvitation(ctx.services.control, sha256(input.token));
      checkPassword(input.password, [invitation.organizationName, invitation.email, input.name]);
      const passwordHash = await hashPassword(input.password);
      const userId = await registerInvitedUser(ctx.services.identity, { email: invitation.email, name: input.name, passwordHash });
      await acceptInvitation(ctx.services.control, invitation, userId, ctx.requestId);
      const { headers } = await ctx.services.auth.api.startSession({ body: { userId }, headers: ctx.headers, returnHeaders: true });
      addCookies(ctx, headers);
      return { slug: invitation.slug };
    }),
});
