import { countAttempt } from "@leasehold/db/control/identity/count-attempt";
import { keyed } from "../hmac.ts";
import type { Services } from "../services.ts";

const minute = 60;

interface Limit {
  max: number;
  windowSeconds: number;
}

type Kind = "perIp" | "perPair" | "perEmail";

/**
 * Attempts per address of the caller, per e-mail address, and per both together, in fixed windows over all processes. Whoever
 * guesses at an account from one address is stopped by the pair, and its owner elsewhere is not; the count by e-mail
 * address alone is for guesses from many addresses.
 */
const limits: Record<LimitedAction, Partial<Record<Kind, Limit>>> = {
  "sign-up": { perIp: { max: 100, windowSeconds: 10 * minute }, perEmail: { max: 10, windowSeconds: 60 * minute } },
  "sign-in": {
    perIp: { max: 100, windowSeconds: 10 * minute },
    perPair: { max: 10, windowSeconds: 10 * minute },
    perEmail: { max: 200, windowSeconds: 10 * minute },
  },
  code: { perIp: { max: 100, windowSeconds: 10 * minute }, perEmail: { max: 20, windowSeconds: 60 * minute } },
  reset: { perIp: { max: 30, windowSeconds: 10 * minute } },
  "reset-mail": { perEmail: { max: 5, windowSeconds: 60 * minute } },
  invitation: { perIp: { max: 60, windowSeconds: 10 * minute }, perEmail: { max: 20, windowSeconds: 60 * minute } },
};

export type LimitedAction = "sign-up" | "sign-in" | "code" | "reset" | "reset-mail" | "invitation";

/** Counts an attempt before anything is looked up, so that the answer is the same for known and unknown addresses. */
export async function limitAttempts(services: Services, action: LimitedAction, who: { ip?: string; email?: string }): Promise<void> {
  const { PORTAL_HMAC_SECRET: secret, PORTAL_ATTEMPT_FACTOR: factor } = services.env;
  const count = async (kind: Kind, value: string) => {
    const limit = limits[action][kind];
    if (limit === undefined) return;
    await countAttempt(services.identity, {
      key: keyed(secret, `attempt:${action}:${kind}`, value),
      max: Math.ceil(limit.max * factor),
      windowSeconds: limit.windowSeconds,
    });
  };
  const email = who.email?.trim().toLowerCase();
  if (who.ip !== undefined) await count("perIp", who.ip);
  if (who.ip !== undefined && email !== undefined) await count("perPair", `${who.ip} ${email}`);
  if (email !== undefined) await count("perEmail", email);
}
