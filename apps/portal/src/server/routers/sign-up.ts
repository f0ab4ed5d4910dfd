import { pendingEmail } from "@leasehold/db/control/identity/save-pending-sign-up";
import { slugAvailability } from "@leasehold/db/control/tenants/slug-availability";
import { slugProblemMessages } from "@leasehold/domain/slugs";
import { z } from "zod";
import { addCookies, readCapability, setCapability } from "../context.ts";
import { limitAttempts } from "../identity/limits.ts";
import { checkSignUp } from "../onboarding/check-sign-up.ts";
import { confirmSignUp } from "../onboarding/confirm-sign-up.ts";
import { findOnboarding } from "../onboarding/find-onboarding.ts";
import { sendVerification, signUp } from "../onboarding/sign-up.ts";
import { publicProcedure, router } from "../trpc.ts";

const resendMinutes = 2;

// What the fields may hold is said for all of them at once, by `checkSignUp`.
const signUpInput = z.object({
  organizationName: z.string().max(1_000),
  slug: z.string().max(1_000),
  email: z.string().max(1_000),
  password: z.string().max(1_000),
  plan: z.string().max(100),
  idempotencyKey: z.string().min(16).max(100),
});

const confirmInput = z.object({ token: z.string().max(200), password: z.string().max(1_000).optional() });

export const signUpRouter = router({
  checkSlug: publicProcedure.input(z.object({ slug: z.string().max(64) })).query(async ({ ctx, input }) => {
    const result = await slugAvailability(ctx.services.control, input.slug);
    return result.status === "invalid" ? { status: "invalid" as const, message: slugProblemMessages[result.problem] } : result;
  }),

  request: publicProcedure.input(signUpInput).mutation(async ({ ctx, input }) => {
    await limitAttempts(ctx.services, "sign-up", { ip: ctx.ip, email: input.email });
    const form = await checkSignUp(ctx.services, input);
    const made = await signUp(ctx.services, { ...form, idempotencyKey: input.idempotencyKey }, ctx.requestId);
    setCapability(ctx, made.capability);
    return { signUpId: made.signUpId, expiresAt: made.expiresAt };
  }),

  resend: publicProcedure.mutation(async ({ ctx }) => {
    await limitAttempts(ctx.services, "sign-up", { ip: ctx.ip });
    const { signUpId, organizationName: name } = await findOnboarding(ctx.services, ctx.headers);
    const email = signUpId && (await pendingEmail(ctx.services.identity, signUpId));
    if (email) {
      await limitAttempts(ctx.services, "sign-up", { email });
      const occasion = String(Math.floor(Date.now() / (resendMinutes * 60_000)));
      await sendVerification(ctx.services, { signUpId, email, organizationName: name }, occasion);
    }
    return { sent: true };
  }),

  confirm: publicProcedure.input(confirmInput).mutation(async ({ ctx, input }) => {
    await limitAttempts(ctx.services, "sign-up", { ip: ctx.ip });
    const confirmed = await confirmSignUp(
      ctx.services,
      { token: input.token, password: input.password, capability: readCapability(ctx.services, ctx.headers) },
      ctx.requestId,
    );
    // Made with a password that was typed in this browser: at sign-up, or just now.
    if (confirmed.account === "created") {
      const { headers } = await ctx.services.auth.api.startSession({
        body: { userId: confirmed.userId },
        headers: ctx.headers,
        returnHeaders: true,
      });
      addCookies(ctx, headers);
    }
    return { slug: confirmed.slug, organizationName: confirmed.organizationName, account: confirmed.account };
  }),
});
