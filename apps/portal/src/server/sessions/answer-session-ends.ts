import { endSessions } from "@leasehold/db/control/identity/delete-account";
import { answerSessionEnd, listOpenSessionEnds } from "@leasehold/db/control/sessions/answer-session-end";
import type { AccountErasing } from "../erasure/answer-accounts.ts";

/** Signs out everywhere whom operators asked for. @returns how many people */
export async function answerSessionEnds({ control, identity, logger }: Omit<AccountErasing, "env">): Promise<number> {
  let ended = 0;
  for (const asked of await listOpenSessionEnds(control)) {
    const outcome = await answerSessionEnd(control, asked, (userId) => endSessions(identity, userId)).catch((error: unknown) => {
      logger.error({ err: error, tenantId: asked.tenantId }, "a person's sessions could not be ended; trying again");
      return "left" as const;
    });
    if (outcome === "ended") ended += 1;
  }
  return ended;
}
