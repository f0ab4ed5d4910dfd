import { randomBytes } from "node:crypto";
import { type Canary, keepCanary, listCanaries } from "@leasehold/db/control/offboarding/canaries";
import type { TenantId } from "@leasehold/domain/ids";
import { epochKeyOf, onlyPool } from "@leasehold/domain/keys/epochs";
import { wrapFreshKeys } from "@leasehold/tenancy/keys/tenant-key-models";
import { generateWrappedDataKey } from "@leasehold/tenancy/keys/wrapped-key";
import { metadataOf } from "@leasehold/tenancy/payloads/key-id";
import { PayloadCipher } from "@leasehold/tenancy/payloads/payload-cipher";
import { createPayloadKeySource } from "@leasehold/tenancy/payloads/payload-key-source";
import { abortable } from "../../operations/abortable.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { StoreRef } from "../stores/store.ts";
import type { TenantKey } from "./find-keys.ts";
import { canaryKey, canaryRun, ifClosed, openCanary, type Reach, sha256 } from "./open-canary.ts";

type Sealed = Omit<Canary, "sha256">;
type Seal = (reach: Reach, tenantId: TenantId) => Promise<Sealed | undefined>;

/**
 * Idempotent by operation id: what was planted stays. Seals a random value by every way in which something of the tenant is sealed and
 * opens it, so that it can be tried again when the keys are destroyed. A way that opens nothing by now is left out.
 */
export async function plantCanaries(needs: ShreddingDependencies, ref: StoreRef, keys: readonly TenantKey[]): Promise<void> {
  const reach = { keyring: needs.keyring, kms: abortable(needs.kms, ref.signal) };
  const there = (await listCanaries(needs.control, ref)).map(({ path }) => path);
  const inUse = keys.filter(({ former }) => former === undefined);
  const wanted: [Canary["path"], Seal][] = [
    ["keyring", underDataKey],
    ...inUse.flatMap(({ keyArn, model }): [Canary["path"], Seal][] =>
      model === "dedicated" || model === "stack" ? [["kms", underKmsKey(keyArn)]] : model === "shared-epoch" ? [["epoch", underEpoch]] : [],
    ),
  ];
  for (const [path, seal] of wanted) {
    if (there.includes(path)) continue;
    const planted = await plant(reach, ref.tenantId, seal);
    if (planted !== undefined) await keepCanary(needs.control, ref, planted);
  }
}

async function plant(reach: Reach, tenantId: TenantId, seal: Seal): Promise<Canary | undefined> {
  const sealed = await seal(reach, tenantId).catch(ifClosed);
  const opened = sealed && (await openCanary(reach, tenantId, sealed).catch(ifClosed));
  if (sealed === undefined || opened === undefined) return undefined;
  const canary = { ...sealed, sha256: sha256(opened) };
  opened.fill(0);
  return canary;
}

const underDataKey: Seal = async (reach, tenantId) => {
  const found = await createPayloadKeySource(reach).unwrap(tenantId, "newest");
  if (found === undefined) return undefined;
  const header = { owner: tenantId, version: found.version, run: canaryRun(tenantId) };
  const cipher = new PayloadCipher(found.key);
  const { data } = cipher.seal(header, { metadata: metadataOf(header), data: randomBytes(32) });
  cipher.zeroise();
  return { path: "keyring", opener: String(found.version), ciphertext: Buffer.from(data ?? []) };
};

const underKmsKey =
  (keyArn: string): Seal =>
  async ({ kms }, tenantId) => ({
    path: "kms",
    opener: keyArn,
    ciphertext: await generateWrappedDataKey(kms, { ...canaryKey, tenantId, keyArn }),
  });

const underEpoch: Seal = async (reach, tenantId) => {
  const [fresh] = await wrapFreshKeys(reach, { tenantId, keyArn: epochKeyOf(onlyPool) }, [canaryKey]);
  return fresh && { path: "epoch", opener: `${onlyPool}/${fresh.epoch}`, ciphertext: fresh.wrapped };
};
