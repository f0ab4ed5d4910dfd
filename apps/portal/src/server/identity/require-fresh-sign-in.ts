import { DomainError } from "@leasehold/domain/errors";
import type { ConfirmedBy } from "@leasehold/domain/offboarding/confirmation";
import { APIError } from "better-auth/api";
import { z } from "zod";
import type { RequestContext, SignedInUser } from "../context.ts";
import { limitAttempts } from "./limits.ts";
import { checkCode, codeInput } from "./second-factor.ts";

/** How long after signing in somebody may do what cannot be undone without proving once more who they are, in milliseconds. */
export const freshSignInMs = 5 * 60_000;

/** What somebody proves it with: a code where they have a second factor, the password where they have none. */
export const again = { password: z.string().max(1_000).optional(), code: codeInput.optional() };

/**
 * For what cannot be undone: whoever asks signed in within the last five minutes, or gives a code of their second factor, or, without one,
 * their password. Attempts are counted as at the sign-in.
 * @returns which of these it was
 * @throws DomainError FORBIDDEN `sign-in-not-fresh`, `code-needed`; VALIDATION `password-wrong`, `code-wrong`; LIMIT_EXCEEDED
 */
export async function requireFreshSignIn(
  ctx: RequestContext,
  user: SignedInUser,
  { password, code }: { password?: string | undefined; code?: string | undefined },
): Promise<ConfirmedBy> {
  const fresh = Date.now() - user.signedInAt.getTime() < freshSignInMs;
  if (user.hasSecondFactor) {
    if (code !== undefined) {
      await checkCode(ctx, user, code);
      return "second-factor";
    }
    if (fresh) return "fresh-sign-in";
    throw new DomainError("FORBIDDEN", "Enter a code: you signed in more than five minutes ago.", { field: "code", reason: "code-needed" });
  }
  if (password !== undefined && password !== "") {
    await checkOwnPassword(ctx, user, password);
    return "password";
  }
  if (fresh) return "fresh-sign-in";
  throw new DomainError("FORBIDDEN", "Enter your password once more: you signed in more than five minutes ago.", {
    field: "password",
    reason: "sign-in-not-fresh",
  });
}

async function checkOwnPassword(ctx: RequestContext, user: SignedInUser, password: string): Promise<void> {
  await limitAttempts(ctx.services, "sign-in", { ip: ctx.ip, email: user.email });
  try {
    await ctx.services.auth.api.verifyPassword({ body: { password }, headers: ctx.headers });
  } catch (error) {
    if (!(error instanceof APIError) || error.statusCode >= 500) throw error;
    throw new DomainError("VALIDATION", "This is not your password.", { field: "password", reason: "password-wrong" });
  }
}
