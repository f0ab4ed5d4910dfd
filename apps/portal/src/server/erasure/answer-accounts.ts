import { countAccountRows, deleteAccount, endSessions } from "@leasehold/db/control/identity/delete-account";
import { type Listening, listen } from "@leasehold/db/control/listen";
import {
  answerAccountErasure,
  belongsSomewhere,
  listOpenAccountErasures,
  noteSessionsEnded,
  type OpenAccountErasure,
} from "@leasehold/db/control/offboarding/erasure/account-erasures";
import { whileNoLegalHold } from "@leasehold/db/control/offboarding/erasure/read-erasure";
import { isDomainError } from "@leasehold/domain/errors";
import type { Logger } from "@leasehold/tenancy/logger";
import type { Pool } from "pg";
import type { PortalEnv } from "../../env.ts";
import { answerResets } from "../second-factors/answer-resets.ts";
import { answerSessionEnds } from "../sessions/answer-session-ends.ts";

const channels = ["account_erasures", "session_ends", "second_factor_resets"];
const sweepMs = 2_000;
/** The longest that a session which was ended is still taken for one, by a page that looked before: docs/security.md. */
const sessionEndsSeconds = 5;

export interface AccountErasing {
  env: Pick<PortalEnv, "PORTAL_DATABASE_URL" | "PORTAL_URL" | "MAIL_PUBLIC_JWK">;
  control: Pool;
  identity: Pool;
  logger: Logger;
}

/**
 * Answers whether accounts go with their last workspace, and deletes those. First the person's sessions end, so that they join none while
 * the account goes; then it is looked again. Under a legal hold of the tenant nothing goes, whenever it was asked for. Any number of
 * processes may do it at once.
 * @returns how many were answered
 */
export async function answerAccounts(needs: Omit<AccountErasing, "env">): Promise<number> {
  let answered = 0;
  for (const asked of await listOpenAccountErasures(needs.control)) {
    const outcome = await answerOne(needs, asked).catch((error: unknown) => {
      if (isDomainError(error) && error.reason === "legal-hold") return "waits" as const;
      needs.logger.error({ err: error, tenantId: asked.tenantId, operationId: asked.operationId }, "an account could not be answered for");
      return "waits" as const;
    });
    if (outcome === "answered") answered += 1;
  }
  return answered;
}

async function answerOne({ control, identity }: Omit<AccountErasing, "env">, asked: OpenAccountErasure): Promise<"answered" | "waits"> {
  const { userId, endedSecondsAgo } = asked;
  const rowsBefore = await countAccountRows(identity, userId);
  if (await belongsSomewhere(control, userId)) return answer("in-use", rowsBefore, rowsBefore);
  // A deletion whose answer was lost is found as an account that nobody knows.
  if (rowsBefore === 0) return answer(endedSecondsAgo === null ? "unknown" : "deleted", 0, 0);
  if (endedSecondsAgo === null) {
    await whileNoLegalHold(control, asked.tenantId, () => endSessions(identity, userId));
    await noteSessionsEnded(control, asked);
    return "waits";
  }
  if (endedSecondsAgo <= sessionEndsSeconds) return "waits";
  await whileNoLegalHold(control, asked.tenantId, () => deleteAccount(identity, userId));
  return answer("deleted", rowsBefore, await countAccountRows(identity, userId));

  async function answer(outcome: "deleted" | "in-use" | "unknown", before: number, after: number): Promise<"answered"> {
    await answerAccountErasure(control, asked, { outcome, rowsBefore: before, rowsAfter: after });
    return "answered";
  }
}

export interface AccountAnswering {
  /** Resolves when what was under way has ended. */
  close(): Promise<void>;
}

/** Answers for accounts, sessions and second factors as it is asked, in every process of the portal. */
export function startAnswering(needs: AccountErasing): AccountAnswering {
  let running: Promise<unknown> | undefined;
  const run = () => {
    running ??= Promise.all([answerAccounts(needs), answerSessionEnds(needs), answerResets(needs)])
      .catch((error: unknown) => needs.logger.warn({ err: error }, "answering for accounts and sessions failed; trying again later"))
      .finally(() => {
        running = undefined;
      });
  };
  const listening: Listening = listen(needs.env.PORTAL_DATABASE_URL, {
    channels,
    applicationName: "portal-accounts",
    onNotification: run,
    onListening: run,
    onError: (error) => needs.logger.warn({ err: error }, "listening for accounts and sessions failed; trying again"),
  });
  const sweep = setInterval(run, sweepMs).unref();
  return {
    async close() {
      clearInterval(sweep);
      await listening.close();
      await running;
    },
  };
}
