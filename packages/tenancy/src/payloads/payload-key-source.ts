import { listWrappedKeys, type WrappedKeyRow } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { addPayloadKey } from "@leasehold/db/keyring/payload-keys/add-payload-key";
import { findControlPlaneKey } from "@leasehold/db/keyring/platform-keys/control-plane-key";
import type { TenantId } from "@leasehold/domain/ids";
import { type KeyModelNeeds, unwrapTenantKey, wrapFreshKeys } from "../keys/tenant-key-models.ts";
import { openControlPlaneKey } from "./control-plane-key.ts";
import { controlPlane } from "./key-id.ts";
import type { PayloadKey, PayloadKeySource } from "./payload-keys.ts";

/** Keys of payloads from the keyring, opened by the worker's own clients. A tenant from before is given the key of its runs when one is first begun. */
export function createPayloadKeySource(needs: KeyModelNeeds): PayloadKeySource {
  async function ofTenant(tenantId: TenantId, version: number | "newest"): Promise<PayloadKey | undefined> {
    const rows = await listWrappedKeys(needs.keyring, tenantId);
    const row = pick(rows, version) ?? (version === "newest" ? await make(needs, tenantId, rows) : undefined);
    return row && { version: row.version, key: await unwrapTenantKey(needs, tenantId, row) };
  }

  async function ofControlPlane(version: number | "newest"): Promise<PayloadKey | undefined> {
    const row = await findControlPlaneKey(needs.keyring, version);
    return row && { version: row.version, key: await openControlPlaneKey(needs.kms, row) };
  }

  return {
    unwrap: (owner, version) => (owner === controlPlane ? ofControlPlane(version) : ofTenant(owner, version)),
  };
}

function pick(rows: readonly WrappedKeyRow[], version: number | "newest"): WrappedKeyRow | undefined {
  const ofRuns = rows.filter(({ purpose }) => purpose === "payload");
  return version === "newest" ? ofRuns.at(-1) : ofRuns.find((row) => row.version === version);
}

/** Under what the tenant's newest data key is under. A tenant without one is given none. */
async function make(needs: KeyModelNeeds, tenantId: TenantId, rows: readonly WrappedKeyRow[]): Promise<WrappedKeyRow | undefined> {
  const newest = rows.filter(({ purpose }) => purpose === "data").at(-1);
  if (newest === undefined) return undefined;
  const { keyArn, customerManaged } = newest;
  for (const fresh of await wrapFreshKeys(needs, { tenantId, keyArn }, [{ purpose: "payload", version: 1 }]))
    await addPayloadKey(needs.keyring, tenantId, { ...fresh, customerManaged });
  return pick(await listWrappedKeys(needs.keyring, tenantId), "newest");
}
