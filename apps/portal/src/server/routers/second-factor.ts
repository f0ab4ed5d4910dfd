import { endSessionsById } from "@leasehold/db/control/identity/delete-account";
import { DomainError } from "@leasehold/domain/errors";
import { z } from "zod";
import { addCookies } from "../context.ts";
import { limitAttempts } from "../identity/limits.ts";
import { refused } from "../identity/refused.ts";
import { again, requireFreshSignIn } from "../identity/require-fresh-sign-in.ts";
import { checkCode, codeInput } from "../identity/second-factor.ts";
import { router, userProcedure } from "../trpc.ts";

const password = z.string().min(1, "Enter your password.").max(1_000);
const wrongPassword = () => new DomainError("VALIDATION", "This is not your password.", { field: "password", reason: "password-wrong" });

/** With the password, whose attempts are counted as at the sign-in. */
const byPassword = userProcedure.input(z.object({ password })).use(async ({ ctx, next }) => {
  await limitAttempts(ctx.services, "sign-in", { ip: ctx.ip, email: ctx.signedIn.email });
  return next();
});

/** A person's second factor: codes of an app, and recovery codes for when it is lost. */
export const secondFactorRouter = router({
  /** Whether there is one, and how many recovery codes are left. */
  state: userProcedure.query(async ({ ctx }) => {
    const { hasSecondFactor: enabled, userId } = ctx.signedIn;
    if (!enabled) return { enabled, recoveryCodes: 0 };
    const { backupCodes } = await ctx.services.auth.api.viewBackupCodes({ body: { userId } });
    return { enabled, recoveryCodes: backupCodes.length };
  }),

  /** A new secret, which asks for nothing before it is confirmed by a code. */
  begin: byPassword.mutation(async ({ ctx, input }) => {
    if (ctx.signedIn.hasSecondFactor)
      throw new DomainError("CONFLICT", "There is a second factor already.", { reason: "second-factor-on" });
    const begun = await refused(wrongPassword(), () =>
      ctx.services.auth.api.enableTwoFactor({ body: { password: input.password, method: "totp" }, headers: ctx.headers }),
    );
    if (begun.method !== "totp") throw new Error("another method was begun");
    return { uri: begun.totpURI, secret: new URL(begun.totpURI).searchParams.get("secret") ?? "" };
  }),

  /** Turns it on by its first code, and ends every other session. @returns the recovery codes, this once */
  confirm: userProcedure.input(z.object({ code: codeInput })).mutation(async ({ ctx, input }) => {
    const { services, signedIn, headers } = ctx;
    if (signedIn.hasSecondFactor) throw new DomainError("CONFLICT", "There is a second factor already.", { reason: "second-factor-on" });
    const before = await services.auth.api.listSessions({ headers });
    addCookies(ctx, await checkCode(ctx, signedIn, input.code));
    await endSessionsById(
      services.identity,
      signedIn.userId,
      before.map(({ id }) => id),
    );
    const { backupCodes } = await services.auth.api.viewBackupCodes({ body: { userId: signedIn.userId } });
    return { recoveryCodes: backupCodes };
  }),

  /** New recovery codes in place of those of before. */
  renewCodes: byPassword.input(z.object({ code: again.code })).mutation(async ({ ctx, input }) => {
    await requireFreshSignIn(ctx, ctx.signedIn, { code: input.code });
    const { backupCodes } = await refused(wrongPassword(), () =>
      ctx.services.auth.api.generateBackupCodes({ body: { password: input.password }, headers: ctx.headers }),
    );
    return { recoveryCodes: backupCodes };
  }),

  turnOff: byPassword.input(z.object({ code: again.code })).mutation(async ({ ctx, input }) => {
    await requireFreshSignIn(ctx, ctx.signedIn, { code: input.code });
    const { headers } = await refused(wrongPassword(), () =>
      ctx.services.auth.api.disableTwoFactor({ body: { password: input.password }, headers: ctx.headers, returnHeaders: true }),
    );
    addCookies(ctx, headers);
  }),
});
