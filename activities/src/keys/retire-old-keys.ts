import { setTimeout as sleep } from "node:timers/promises";
import { countUnderOldKeys, refuseOldKeys } from "@leasehold/db/application/keys/count-under-old-keys";
import { findWrappedKey } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { retireDataKeys } from "@leasehold/db/keyring/data-keys/retire-data-keys";
import { DomainError } from "@leasehold/domain/errors";
import { leaseMs } from "@leasehold/tenancy/keys/data-keys";
import { nothing, placementOf } from "../onboarding/step-place.ts";
import { stepActivity } from "../operations/run-step.ts";
import { withTenantDatabase } from "../operations/with-tenant-database.ts";
import type { KeyDependencies } from "./dependencies.ts";
import { reencryptAll, versionOf } from "./reencrypt-tenant.ts";
import { keyPlaceOf } from "./step-place.ts";

/** Beyond the longest lease, for clocks that differ. */
const marginMs = 3_000;

/**
 * Idempotent by the version. Once every process writes under the new version, nothing older is let in any more; what arrived until
 * then is encrypted anew. The old versions are destroyed when an inventory of the stored values finds nothing under them, and stay
 * for as long as it does: an upload that is under way is waited for.
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
        await reencryptAll(needs, context, version);
        const left = await countUnderOldKeys(pool, tenantId, version);
        if (left.cells + left.bodies > 0) {
          const message = `${left.cells} values and ${left.bodies} bodies are still under an older data key; uploads under way count. None is destroyed.`;
          throw new DomainError("UNAVAILABLE", message, { reason: "old-key-in-use" });
        }
        signal.throwIfAborted();
        await retireDataKeys(keyring, tenantId, version);
        return {};
      });
    },
    nothing,
  );
}
