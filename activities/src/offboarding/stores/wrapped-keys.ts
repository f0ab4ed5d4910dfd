import { countLostKeys, countWrappedKeys } from "@leasehold/db/keyring/data-keys/count-wrapped-keys";
import { destroyDataKeys } from "@leasehold/db/keyring/keep-data-key";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { Store } from "./store.ts";

/** The only wrapped copies of the tenant's data keys. */
export function wrappedKeys({ keyring, auditor }: ShreddingDependencies): Store {
  return {
    how: "Count of the tenant's rows in the keyring, under the role auditor",
    count: async ({ tenantId }) => (await countWrappedKeys(auditor.keyring, tenantId)).reduce((sum, { keys }) => sum + keys, 0),
    async erase({ tenantId, signal }) {
      signal.throwIfAborted();
      await destroyDataKeys(keyring, tenantId);
    },
  };
}

/** Which of them were lost before: gone with what is left of them. */
export function lostKeys({ keyring, auditor }: ShreddingDependencies): Store {
  return {
    how: "Count of the tenant's rows in the keyring, under the role auditor",
    count: ({ tenantId }) => countLostKeys(auditor.keyring, tenantId),
    async erase({ tenantId, signal }) {
      signal.throwIfAborted();
      await destroyDataKeys(keyring, tenantId);
    },
  };
}
