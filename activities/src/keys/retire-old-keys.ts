import { setTimeout as sleep } from "node:timers/promises";
import { countUnderOldKeys, refuseOldKeys } from "@leasehold/db/application/keys/count-under-old-keys";
import { findWrappedKey, listWrappedKeys } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { retireDataKeys } from "@leasehold/db/keyring/data-keys/retire-data-keys";
import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { leaseMs } from "@leasehold/domain/keys/leases";
import type pg from "pg";
import { nothing, placementOf } from "../onboarding/step-place.ts";
import { type StepContext, stepActivity } from "../operations/run-step.ts";
import { withTenantDatabase } from "../operations/with-tenant-database.ts";
import type { KeyDependencies } from "./dependencies.ts";
import { reencryptAll, versionOf } from "./reencrypt-tenant.ts";
import { keyPlaceOf } from "./step-place.ts";

/** Beyond the longest lease, for clocks that differ. */
const marginMs = 3_000;
/** Longer than an upload may lie unfinished before it is given up. */
const patienceMs = 70 * 60_000;
const pauseMs = 2_000;

/**
 * Idempotent by the version. Once every process writes under the new version, nothing older is let in any more; what arrived until
 * then is encrypted anew. The old versions are destroyed when an inventory of the stored values finds nothing under them, and stay
 * for as long as it does: an upload that is under way is waited for. What is under a version that is lost waits for nothing.
 */
export function retireOldKeys(needs: KeyDependencies) {
  const { keyring } = needs;
  return stepActivity(
    needs,
    keyPlaceOf("retire"),
    async (context) => {
      const { tenantId, catalog, signal } = context;
      const version = await versionOf(needs, context);
      const made = (await findWrappedKey(keyring, tenantId, version))?.createdAt.getTime() ?? Date.now();
      await sleep(Math.max(0, made + leaseMs + marginMs - Date.now()), undefined, { signal });
      return withTenantDatabase(needs, placementOf(catalog), async (pool) => {
        await refuseOldKeys(pool, tenantId, version);
        await untilNothingIsLeft(needs, context, version, pool);
        signal.throwIfAborted();
        await retireDataKeys(keyring, tenantId, version);
        return {};
      });
    },
    nothing,
  );
}

async function untilNothingIsLeft(needs: KeyDependencies, context: StepContext, version: number, pool: pg.Pool): Promise<void> {
  for (const until = Date.now() + patienceMs; ; await sleep(pauseMs, undefined, { signal: context.signal })) {
    const { unreadable } = await reencryptAll(needs, context, version);
    const left = await countUnderOldKeys(pool, context.tenantId, version, await missingBelow(needs, context.tenantId, version));
    if (left.cells + left.bodies === 0) return;
    const counted = `${left.cells} values and ${left.bodies} bodies are still under an older data key`;
    if (unreadable > 0) {
      const message = `${counted}, and ${unreadable} of them do not open. No key is destroyed; the application plane's log names them.`;
      throw new DomainError("PRECONDITION_FAILED", message, { reason: "values-unreadable" });
    }
    if (Date.now() > until) throw new DomainError("UNAVAILABLE", `${counted}. No key is destroyed.`, { reason: "old-key-in-use" });
  }
}

/** Versions that were there once: nothing opens what is under them, with the old keys or without. */
async function missingBelow({ keyring }: KeyDependencies, tenantId: TenantId, version: number): Promise<number[]> {
  const rows = await listWrappedKeys(keyring, tenantId);
  const present = new Set(rows.flatMap((row) => (row.purpose === "data" ? [row.version] : [])));
  return Array.from({ length: version - 1 }, (_, index) => index + 1).filter((older) => !present.has(older));
}
