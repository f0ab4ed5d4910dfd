import { describeUsers } from "@leasehold/db/control/identity/describe-users";
import { findSecondFactor, removeSecondFactor } from "@leasehold/db/control/identity/remove-second-factor";
import { answerReset, listOpenResets, type ResetWork } from "@leasehold/db/control/second-factors/answer-reset";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import type { AccountErasing } from "../erasure/answer-accounts.ts";

/** Takes second factors away that two operators agreed to. @returns how many wishes were answered */
export async function answerResets(needs: AccountErasing): Promise<number> {
  let answered = 0;
  for (const reset of await listOpenResets(needs.control)) {
    const outcome = await answerReset(needs.control, reset, workOf(needs)).catch((error: unknown) => {
      needs.logger.error({ err: error, tenantId: reset.tenantId }, "a second factor could not be taken away; trying again");
      return "left" as const;
    });
    if (outcome !== "left") answered += 1;
  }
  return answered;
}

function workOf({ env, identity }: AccountErasing): ResetWork {
  return {
    find: (userId) => findSecondFactor(identity, userId),
    remove: (userId, factorId) => removeSecondFactor(identity, userId, factorId),
    async write(userId, at) {
      const person = (await describeUsers(identity, [userId])).get(userId);
      if (person === undefined) return undefined;
      const props = { url: `${env.PORTAL_URL}/sign-in`, resetUrl: `${env.PORTAL_URL}/forgot-password`, at: at.toISOString() };
      return sealMail(env.MAIL_PUBLIC_JWK, { template: "second-factor-removed", to: person.email, props });
    },
  };
}
