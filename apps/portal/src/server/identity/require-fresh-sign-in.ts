import { DomainError } from "@leasehold/domain/errors";
import { APIError } from "better-auth/api";
import type { RequestContext, SignedInUser } from "../context.ts";
import { limitAttempts } from "./limits.ts";

/** How long after giving the password somebody may do what cannot be undone without giving it again, in milliseconds. */
export const freshSignInMs = 5 * 60_000;

/**
 * For what cannot be undone: whoever asks gave their password within the last five minutes, or gives it now. Attempts are counted as at
 * the sign-in.
 * @throws DomainError FORBIDDEN `sign-in-not-fresh`; VALIDATION `password-wrong` on `password`; LIMIT_EXCEEDED
 */
export async function requireFreshSignIn(ctx: RequestContext, user: SignedInUser, password: string | undefined): Promise<void> {
  if (password === undefined || password === "") {
    if (Date.now() - user.signedInAt.getTime() < freshSignInMs) return;
    throw new DomainError("FORBIDDEN", "Enter your password once more: you signed in more than five minutes ago.", {
      field: "password",
      reason: "sign-in-not-fresh",
    });
  }
  await limitAttempts(ctx.services, "sign-in", { ip: ctx.ip, email: user.email });
  try {
    await ctx.services.auth.api.verifyPassword({ body: { password }, headers: ctx.headers });
  } catch (error) {
    if (!(error instanceof APIError) || error.statusCode >= 500) throw error;
    throw new DomainError("VALIDATION", "This is not your password.", { field: "password", reason: "password-wrong" });
  }
}
