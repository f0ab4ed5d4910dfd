import type { KeyDependencies } from "./dependencies.ts";
import type { EpochDependencies } from "./epoch-dependencies.ts";
import { finishRotation } from "./finish-rotation.ts";
import { makeDataKey } from "./make-data-key.ts";
import { recordKeys } from "./record-keys.ts";
import { reencryptTenant } from "./reencrypt-tenant.ts";
import { retireOldKeys } from "./retire-old-keys.ts";
import { rewrapDataKeys, undoRewrapDataKeys } from "./rewrap-data-keys.ts";
import { proveTenantKey, switchTenantKey, undoProveTenantKey } from "./switch-tenant-key.ts";
import { tryTenantKey, undoTryTenantKey } from "./try-tenant-key.ts";
import { turnEpochActivities } from "./turn-epoch.ts";

/** The activities of work on keys over its clients. Payloads are ids. */
export function createKeyActivities(dependencies: KeyDependencies & EpochDependencies) {
  return {
    makeDataKey: makeDataKey(dependencies),
    reencryptTenant: reencryptTenant(dependencies),
    retireOldKeys: retireOldKeys(dependencies),
    finishRotation: finishRotation(dependencies),
    tryTenantKey: tryTenantKey(dependencies),
    undoTryTenantKey: undoTryTenantKey(dependencies),
    rewrapDataKeys: rewrapDataKeys(dependencies),
    undoRewrapDataKeys: undoRewrapDataKeys(dependencies),
    proveTenantKey: proveTenantKey(dependencies),
    undoProveTenantKey: undoProveTenantKey(dependencies),
    switchTenantKey: switchTenantKey(dependencies),
    ...recordKeys(dependencies),
    ...turnEpochActivities(dependencies),
  };
}

export type KeyActivities = ReturnType<typeof createKeyActivities>;
