import { countLostKeys, countWrappedKeys } from "@leasehold/db/keyring/data-keys/count-wrapped-keys";
import { countFormerKeys } from "@leasehold/db/keyring/data-keys/former-keys";
import { destroyDataKeys } from "@leasehold/db/keyring/keep-data-key";
import type { TenantId } from "@leasehold/domain/ids";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { Store } from "./store.ts";

type Counted = (auditor: ShreddingDependencies["auditor"]["keyring"], tenantId: TenantId) => Promise<number>;

/** The keyring's rows of a tenant go all at once, whichever of them are counted. */
function keyringRows({ keyring, auditor }: ShreddingDependencies, count: Counted): Store {
  return {
    how: "Count of the tenant's rows in the keyring, under the role auditor",
    count: ({ tenantId }) => count(auditor.keyring, tenantId),
    async erase({ tenantId, signal }) {
      signal.throwIfAborted();
      await destroyDataKeys(keyring, tenantId);
    },
  };
}

/** The only wrapped copies of the tenant's data keys. */
export function wrappedKeys(needs: ShreddingDependencies): Store {
  return keyringRows(needs, async (...of) => (await countWrappedKeys(...of)).reduce((sum, { keys }) => sum + keys, 0));
}

/** What they were under before a change of keys: gone with them. */
export function formerKeys(needs: ShreddingDependencies): Store {
  return keyringRows(needs, countFormerKeys);
}

/** Which of them were lost before: gone with what is left of them. */
export function lostKeys(needs: ShreddingDependencies): Store {
  return keyringRows(needs, countLostKeys);
}
