import { DomainError } from "@leasehold/domain/errors";
import { wrongCode } from "@leasehold/tenancy/identity/second-factor";
import { APIError } from "better-auth/api";
import { z } from "zod";
import type { RequestContext, SignedInUser } from "../context.ts";
import { limitAttempts } from "./limits.ts";

/** A code of the app, spaces as apps show them; or a recovery code. */
export const codeInput = z
  .string()
  .max(40)
  .transform((code) => code.replace(/\s/g, ""))
  .pipe(z.string().min(1, "Enter a code."));

/** Asked for in place of what it stands for: recovery codes have a dash, codes of the app six digits. */
const isRecoveryCode = (code: string) => !/^\d{6}$/.test(code);

/**
 * Checks a code of somebody who is signed in; the first one turns the second factor on. Attempts are counted by person.
 * @returns the cookies of the session, where it is a new one
 * @throws DomainError VALIDATION `code-wrong` on `code`; LIMIT_EXCEEDED
 */
export async function checkCode(ctx: RequestContext, user: SignedInUser, code: string): Promise<Headers> {
  await limitAttempts(ctx.services, "code", { ip: ctx.ip, email: user.email });
  const { auth } = ctx.services;
  const request = { headers: ctx.headers, returnHeaders: true } as const;
  const { headers } = await withCode(() =>
    isRecoveryCode(code) && user.hasSecondFactor
      ? auth.api.verifyBackupCode({ ...request, body: { code, disableSession: true } })
      : auth.api.verifyTOTP({ ...request, body: { code } }),
  );
  return headers;
}

/**
 * Signs in whoever has given the password and is asked for a code. A session that the browser has is not looked at.
 * @throws DomainError VALIDATION `code-wrong` on `code`; UNAUTHENTICATED `code-late`; LIMIT_EXCEEDED
 */
export async function signInByCode(ctx: RequestContext, code: string) {
  await limitAttempts(ctx.services, "code", { ip: ctx.ip });
  const { auth } = ctx.services;
  const request = { body: { code }, headers: withoutSession(ctx.headers), returnHeaders: true } as const;
  return withCode(() => (isRecoveryCode(code) ? auth.api.verifyBackupCode(request) : auth.api.verifyTOTP(request)));
}

function withoutSession(headers: Headers): Headers {
  const cookies = (headers.get("cookie") ?? "").split(/;\s*/).filter((cookie) => !/^[^=]*\.session_token=/.test(cookie));
  const bare = new Headers(headers);
  bare.set("cookie", cookies.join("; "));
  return bare;
}

async function withCode<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    if (!(error instanceof APIError) || error.statusCode >= 500) throw error;
    const code = error.body?.code;
    if (code === "INVALID_TWO_FACTOR_COOKIE")
      throw new DomainError("UNAUTHENTICATED", "That took too long. Sign in again with your password.", { reason: "code-late" });
    if (code === "ACCOUNT_TEMPORARILY_LOCKED" || code === "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE")
      throw new DomainError("LIMIT_EXCEEDED", "Too many wrong codes. Wait a quarter of an hour, and sign in again.", {
        reason: "too-many-attempts",
        retryAfterSeconds: 15 * 60,
      });
    throw new DomainError("VALIDATION", wrongCode, { field: "code", reason: "code-wrong" });
  }
}
