import { setTimeout as sleep } from "node:timers/promises";
import { deleteApiKeys, eraseApplicationTraces } from "@leasehold/db/application/erasure/author-rows";
import { askAccountErasure } from "@leasehold/db/control/offboarding/erasure/account-erasures";
import { endAccess, eraseControlTraces } from "@leasehold/db/control/offboarding/erasure/erase-rows";
import {
  type PersonErasure,
  readOpenErasure,
  refuseUnderLegalHold,
  whileNoLegalHold,
} from "@leasehold/db/control/offboarding/erasure/read-erasure";
import { countKeptExports, endExportsForErasure } from "@leasehold/db/control/offboarding/exports/end-exports";
import { recordEvidence } from "@leasehold/db/control/offboarding/record-evidence";
import { withControl } from "@leasehold/db/control/with-control";
import { DomainError } from "@leasehold/domain/errors";
import { type CopyEvidence, evidenceItem } from "@leasehold/domain/offboarding/certificate";
import { type ErasureStep, erasureStepPosition } from "@leasehold/domain/offboarding/erasure";
import type pg from "pg";
import { nothing, placementOf } from "../../onboarding/step-place.ts";
import { type StepContext, type StepEffect, stepActivity } from "../../operations/run-step.ts";
import { withTenantDatabase } from "../../operations/with-tenant-database.ts";
import { countTraces } from "./count-traces.ts";
import type { ErasureDependencies } from "./dependencies.ts";
import { deleteDocuments } from "./erase-documents.ts";
import { recordBefore, recordSeen } from "./record-traces.ts";
import { deleteEndedExports, replaceClosingExport } from "./replace-exports.ts";

interface Erasing extends StepContext {
  person: PersonErasure & { userId: string };
  /** The tenant's application database. */
  pool: pg.Pool;
}

const dayMs = 86_400_000;
const pauseMs = 500;
/** The sealer comes by every second, the portal within seconds. */
const patienceMs = 20_000;

/** A step of an erasure: refused under a legal hold, with the person and the tenant's database at hand. */
export function erasureStep(
  needs: ErasureDependencies,
  step: ErasureStep,
  effect: (erasing: Erasing) => Promise<StepEffect>,
  afterwards?: Parameters<typeof stepActivity>[4],
) {
  return stepActivity(
    needs,
    { step, ...erasureStepPosition(step) },
    async (context) => {
      const person = await readOpenErasure(needs.control, context);
      return withTenantDatabase(needs, placementOf(context.catalog), (pool) => effect({ ...context, person, pool }));
    },
    nothing,
    afterwards,
  );
}

/** Counts what is there, then ends membership, invitations and API keys, and exports that have the person in them. */
export const endPersonAccess = (needs: ErasureDependencies) =>
  erasureStep(needs, "end-access", async ({ person, pool, tenantId, operationId, requestId }) => {
    const ref = { tenantId, operationId };
    const { counts } = await countTraces(needs, pool, person);
    const exports = await countKeptExports(needs.control, tenantId);
    await recordBefore(needs.control, ref, { ...counts, objects: counts["app.documents"], exports });
    await endExportsForErasure(needs.control, ref, requestId);
    await whileNoLegalHold(needs.control, tenantId, () => deleteApiKeys(pool, tenantId, person.userId));
    return {
      within: async (tx) => {
        await refuseUnderLegalHold(tx, tenantId);
        await endAccess(tx, person);
      },
    };
  });

/** Once nobody acts as the person any more: deletes their documents with every version of the bodies, where that was chosen. */
export const erasePersonDocuments = (needs: ErasureDependencies) =>
  erasureStep(needs, "erase-documents", async ({ person, pool, catalog, signal, tenantId, operationId }) => {
    const ref = { tenantId, operationId };
    await sleep(needs.tokenLifeMs, undefined, { signal });
    await deleteEndedExports(needs, ref, signal);
    const note = "The owner chose to keep the documents: they stay, with the person's name taken off.";
    if (person.documents === "keep") {
      return {
        within: async (tx) => {
          await refuseUnderLegalHold(tx, tenantId);
          await recordSeen(tx, ref, "app.documents", { disposition: "kept", note });
          await recordSeen(tx, ref, "objects", { disposition: "kept", note });
        },
      };
    }
    const allowing = (work: () => Promise<void>) => whileNoLegalHold(needs.control, tenantId, work);
    await deleteDocuments(needs.s3, pool, placementOf(catalog), person, signal, allowing);
    const checkedAt = new Date().toISOString();
    return { within: (tx) => recordSeen(tx, ref, "objects", { after: 0, checkedAt }) };
  });

/** Takes the person out of everything that stays, once the log's rows have their places in its chain. */
export const erasePersonTraces = (needs: ErasureDependencies) =>
  erasureStep(needs, "erase-traces", async ({ person, pool, tenantId, signal }) => {
    for (const until = Date.now() + patienceMs; ; await sleep(pauseMs, undefined, { signal })) {
      const { unsealed } = await countTraces(needs, pool, person);
      if (unsealed === 0) break;
      if (Date.now() > until) throw waits("Rows of the audit log have no place in its chain yet.", "audit-unsealed");
    }
    await whileNoLegalHold(needs.control, tenantId, () => eraseApplicationTraces(pool, tenantId, person.userId));
    return {
      within: async (tx) => {
        await refuseUnderLegalHold(tx, tenantId);
        await eraseControlTraces(tx, person);
      },
    };
  });

/** Asks the portal to delete the account where it belongs to no other workspace, and waits for its answer. */
export const erasePersonAccount = (needs: ErasureDependencies) =>
  erasureStep(needs, "erase-account", async ({ person, signal, tenantId, operationId }) => {
    const ref = { tenantId, operationId };
    for (const until = Date.now() + patienceMs; ; await sleep(pauseMs, undefined, { signal })) {
      await withControl(needs.control, ref, (tx) => refuseUnderLegalHold(tx, tenantId));
      const answer = await askAccountErasure(needs.control, ref, person.userId);
      if (answer !== undefined) {
        const { rowsBefore: before, rowsAfter: after } = answer;
        const checkedAt = answer.answeredAt.toISOString();
        const kept = {
          disposition: "kept" as const,
          note: "The account is the person's own: it goes with the last workspace that it is used for.",
        };
        const seen = answer.outcome === "in-use" ? { ...kept, before, after, checkedAt } : { before, after, checkedAt };
        return { within: (tx) => recordSeen(tx, ref, "account", seen) };
      }
      if (Date.now() > until) throw waits("The portal has not answered about the account yet.", "account-unanswered");
    }
  });

/**
 * Looks everywhere again. What came meanwhile is erased as well, and looked for once more. A closing whose export ended gets another one
 * then.
 */
export const lookForPerson = (needs: ErasureDependencies) =>
  erasureStep(needs, "look-again", lookAgain(needs), (of) => replaceClosingExport(needs, of));

const lookAgain =
  (needs: ErasureDependencies) =>
  async ({ person, pool, tenantId, operationId, requestId, signal }: Erasing): Promise<StepEffect> => {
    const ref = { tenantId, operationId };
    await whileNoLegalHold(needs.control, tenantId, () => eraseApplicationTraces(pool, tenantId, person.userId));
    await withControl(needs.control, ref, async (tx) => {
      await refuseUnderLegalHold(tx, tenantId);
      await eraseControlTraces(tx, person);
    });
    const { counts, unsealed } = await countTraces(needs, pool, person);
    if (unsealed > 0) throw waits("Rows of the audit log have no place in its chain yet.", "audit-unsealed");
    const exports = await endExportsForErasure(needs.control, ref, requestId);
    await deleteEndedExports(needs, ref, signal);
    const checkedAt = new Date();
    const copy: CopyEvidence = {
      type: "copy",
      copy: "database-backups",
      label: "Backups of the databases",
      unreadableBy: "expiry",
      unreadableFrom: new Date(checkedAt.getTime() + needs.retention.backupDays * dayMs).toISOString(),
      how: `Kept for ${needs.retention.backupDays} days, then deleted. Documents in them stay readable under the workspace's keys until then.`,
    };
    return {
      within: async (tx) => {
        const seen = { ...counts, exports };
        for (const [store, after] of Object.entries(seen))
          await recordSeen(tx, ref, store as keyof typeof seen, { after, checkedAt: checkedAt.toISOString() });
        await recordEvidence(tx, ref, evidenceItem(copy), copy);
      },
    };
  };

function waits(message: string, reason: string): DomainError {
  return new DomainError("UNAVAILABLE", message, { reason, retryAfterSeconds: 1 });
}
