import { setTimeout as sleep } from "node:timers/promises";
import { countLastAccounts, endMemberships, readAccountAnswers } from "@leasehold/db/control/offboarding/end-memberships";
import { DomainError } from "@leasehold/domain/errors";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { Store } from "./store.ts";

const patienceMs = 12_000;
const pauseMs = 200;

/**
 * Accounts of people who belong to this workspace and to no other. The portal alone reaches them: it is asked about each, when nobody
 * belongs here any more, and waited for. Throws UNAVAILABLE (`accounts-unanswered`) while no portal answers.
 */
export function identities({ control, auditor }: ShreddingDependencies): Store {
  return {
    how: "Before: accounts of people who belong here and nowhere else, under the role auditor. After: what the portal, which alone reaches accounts, still found of those that it deleted",
    async count(ref) {
      const answers = await readAccountAnswers(control, ref);
      return answers === undefined ? countLastAccounts(auditor.control, ref.tenantId) : answers.open + answers.left;
    },
    async erase(ref) {
      await endMemberships(control, ref);
      for (const until = Date.now() + patienceMs; ; await sleep(pauseMs, undefined, { signal: ref.signal })) {
        const answers = await readAccountAnswers(control, ref);
        if ((answers?.open ?? 0) === 0) return;
        if (Date.now() < until) continue;
        throw new DomainError("UNAVAILABLE", "The portal has not answered about the accounts yet: see whether it runs.", {
          reason: "accounts-unanswered",
        });
      }
    },
  };
}
