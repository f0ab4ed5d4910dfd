import { countAttempt } from "@leasehold/db/control/identity/count-attempt";
import { keyed } from "../hmac.ts";
import type { Services } from "../services.ts";

const minute = 60;

/** Attempts per address of the caller, and per e-mail address, in fixed windows over all processes. */
const limits = {
  "sign-up": { perIp: { max: 100, windowSeconds: 10 * minute }, perEmail: { max: 10, windowSeconds: 60 * minute } },
  "sign-in": { perIp: { max: 100, windowSeconds: 10 * minute }, perEmail: { max: 10, windowSeconds: 10 * minute } },
  reset: { perIp: { max: 30, windowSeconds: 10 * minute }, perEmail: { max: 5, windowSeconds: 60 * minute } },
  invitation: { perIp: { max: 60, windowSeconds: 10 * minute }, perEmail: { max: 20, windowSeconds: 60 * minute } },
} as const;

export type LimitedAction = keyof typeof limits;

/** Counts an attempt before anything is looked up, so that the answer is the same for known and unknown addresses. */
export async function limitAttempts(services: Services, action: LimitedAction, who: { ip: string; email?: string }): Promise<void> {
  const { PORTAL_HMAC_SECRET: secret, PORTAL_ATTEMPT_FACTOR: factor } = services.env;
  const count = (kind: "perIp" | "perEmail", value: string) => {
    const limit = limits[action][kind];
    return countAttempt(services.identity, {
      key: keyed(secret, `attempt:${action}:${kind}`, value),
      max: Math.ceil(limit.max * factor),
      windowSeconds: limit.windowSeconds,
    });
  };
  await count("perIp", who.ip);
  if (who.email !== undefined) await count("perEmail", who.email.trim().toLowerCase());
}
