import { setTimeout as sleep } from "node:timers/promises";
import { countOpenMail } from "@leasehold/db/control/mail/count-open-mail";
import { emptyStores } from "./empty-stores.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { shreddingStep } from "./shredding-step.ts";

/** Mails to people who are about to be forgotten have so long to go out. */
const patienceMs = 10_000;
const pauseMs = 250;

/**
 * Idempotent by tenant id. What was to be mailed to the tenant's people goes out first, as far as it does within a moment. Then
 * memberships, invitations, sign-up and mails go, and the accounts of those who belong nowhere else.
 */
export function deleteIdentities(needs: ShreddingDependencies) {
  return shreddingStep(needs, "delete-identities", async (context) => {
    const { tenantId, signal } = context;
    for (const until = Date.now() + patienceMs; Date.now() < until && (await countOpenMail(needs.control, tenantId)) > 0; )
      await sleep(pauseMs, undefined, { signal });
    await emptyStores(needs, context, "delete-identities");
    return {};
  });
}
