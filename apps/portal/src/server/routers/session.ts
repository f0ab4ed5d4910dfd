import { findUserId } from "@leasehold/db/control/identity/describe-users";
import { listWorkspaces } from "@leasehold/db/control/members/list-members";
import { DomainError, isDomainError } from "@leasehold/domain/errors";
import { z } from "zod";
import { emailAddress } from "../../lib/email-address.ts";
import { addCookies, clearCapability, type RequestContext } from "../context.ts";
import { limitAttempts } from "../identity/limits.ts";
import { checkPassword } from "../identity/password-rules.ts";
import { refused } from "../identity/refused.ts";
import { again, requireFreshSignIn } from "../identity/require-fresh-sign-in.ts";
import { codeInput, signInByCode } from "../identity/second-factor.ts";
import { settleSignUpsOf } from "../onboarding/confirm-sign-up.ts";
import { publicProcedure, router, userProcedure } from "../trpc.ts";

const password = z.string().min(1, "Enter your password.").max(1_000);

export const sessionRouter = router({
  /** Who is signed in, with their workspaces; null for nobody. */
  current: publicProcedure.query(async ({ ctx }) => {
    const user = await ctx.user();
    if (!user) return null;
    const workspaces = await listWorkspaces(ctx.services.control, user.userId);
    return { userId: user.userId, name: user.name, email: user.email, workspaces };
  }),

  signIn: publicProcedure.input(z.object({ email: emailAddress, password })).mutation(async ({ ctx, input }) => {
    await limitAttempts(ctx.services, "sign-in", { ip: ctx.ip, email: input.email });
    const wrong = new DomainError("UNAUTHENTICATED", "E-mail or password is wrong.", { field: "password", reason: "credentials-wrong" });
    const before = await ctx.user();
    const { headers, response } = await refused(wrong, () =>
      ctx.services.auth.api.signInEmail({
        body: { email: input.email.toLowerCase(), password: input.password },
        headers: ctx.headers,
        returnHeaders: true,
      }),
    );
    addCookies(ctx, headers);
    if (before) await ctx.services.auth.api.revokeSession({ body: { token: before.sessionToken }, headers: ctx.headers });
    // Who has lost everything that gives a code names themselves by the id, and looks nowhere else for it.
    if ("twoFactorRedirect" in response) {
      return { codeNeeded: true as const, userId: await findUserId(ctx.services.identity, input.email.toLowerCase()) };
    }
    return { codeNeeded: false as const, workspaces: await enter(ctx, response.user) };
  }),

  /** The second half of signing in, for who has a second factor: a code of their app, or a recovery code. */
  confirmSignIn: publicProcedure.input(z.object({ code: codeInput })).mutation(async ({ ctx, input }) => {
    const { headers, response } = await signInByCode(ctx, input.code);
    addCookies(ctx, headers);
    return { workspaces: await enter(ctx, response.user) };
  }),

  signOut: publicProcedure.mutation(async ({ ctx }) => {
    const { headers } = await ctx.services.auth.api.signOut({ headers: ctx.headers, returnHeaders: true });
    addCookies(ctx, headers);
    clearCapability(ctx);
  }),

  /** Answers before it looks, so that neither words nor time tell whether the address has an account. */
  requestReset: publicProcedure.input(z.object({ email: emailAddress })).mutation(async ({ ctx, input }) => {
    await limitAttempts(ctx.services, "reset", { ip: ctx.ip });
    const { auth, logger } = ctx.services;
    const send = async () => {
      // Too many for one address are left out in silence: the answer is the same as ever.
      await limitAttempts(ctx.services, "reset-mail", { email: input.email });
      await auth.api.requestPasswordReset({ body: { email: input.email.toLowerCase() } });
    };
    void send().catch((error: unknown) => {
      if (!isDomainError(error)) logger.error({ err: error, requestId: ctx.requestId }, "a reset mail could not be queued");
    });
    return { requested: true };
  }),

  resetPassword: publicProcedure.input(z.object({ token: z.string().min(1).max(200), password })).mutation(async ({ ctx, input }) => {
    await limitAttempts(ctx.services, "reset", { ip: ctx.ip });
    checkPassword(input.password, []);
    const over = new DomainError("PRECONDITION_FAILED", "This link has expired or was used. Ask for a new one.", {
      reason: "reset-expired",
    });
    await refused(over, () => ctx.services.auth.api.resetPassword({ body: { token: input.token, newPassword: input.password } }));
    return { changed: true };
  }),

  changePassword: userProcedure.input(z.object({ currentPassword: password, password })).mutation(async ({ ctx, input }) => {
    await limitAttempts(ctx.services, "sign-in", { ip: ctx.ip, email: ctx.signedIn.email });
    checkPassword(input.password, [ctx.signedIn.email, ctx.signedIn.name]);
    const wrong = new DomainError("VALIDATION", "This is not your current password.", {
      field: "currentPassword",
      reason: "password-wrong",
    });
    const { headers } = await refused(wrong, () =>
      ctx.services.auth.api.changePassword({
        body: { currentPassword: input.currentPassword, newPassword: input.password, revokeOtherSessions: true },
        headers: ctx.headers,
        returnHeaders: true,
      }),
    );
    addCookies(ctx, headers);
  }),

  list: userProcedure.query(async ({ ctx }) => {
    const sessions = await ctx.services.auth.api.listSessions({ headers: ctx.headers });
    return sessions.map(({ id, token, userAgent, createdAt, updatedAt }) => ({
      id,
      userAgent: userAgent ?? null,
      createdAt,
      updatedAt,
      current: token === ctx.signedIn.sessionToken,
    }));
  }),

  revoke: userProcedure.input(z.object({ id: z.string(), ...again })).mutation(async ({ ctx, input }) => {
    await requireFreshSignIn(ctx, ctx.signedIn, input);
    const sessions = await ctx.services.auth.api.listSessions({ headers: ctx.headers });
    const session = sessions.find((candidate) => candidate.id === input.id);
    if (!session) throw new DomainError("NOT_FOUND", "This session has ended already.", { reason: "session-unknown" });
    await ctx.services.auth.api.revokeSession({ body: { token: session.token }, headers: ctx.headers });
  }),

  /** Ends every session but the one that asks. */
  revokeOthers: userProcedure.input(z.object(again)).mutation(async ({ ctx, input }) => {
    await requireFreshSignIn(ctx, ctx.signedIn, input);
    await ctx.services.auth.api.revokeOtherSessions({ headers: ctx.headers });
  }),
});

/** What follows once somebody is signed in. @returns their workspaces */
async function enter({ services, requestId }: RequestContext, user: { id: string; email: string }) {
  await settleSignUpsOf(services, user, requestId);
  const workspaces = await listWorkspaces(services.control, user.id);
  return workspaces.map(({ slug, state }) => ({ slug, state }));
}
