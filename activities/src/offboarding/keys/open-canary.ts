import { createHash } from "node:crypto";
import type { Canary, CanaryPath } from "@leasehold/db/control/offboarding/canaries";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import type { TenantId } from "@leasehold/domain/ids";
import { unwrapTenantKey } from "@leasehold/tenancy/keys/tenant-key-models";
import { unwrapDataKey } from "@leasehold/tenancy/keys/wrapped-key";
import { metadataOf } from "@leasehold/tenancy/payloads/key-id";
import { PayloadCipher } from "@leasehold/tenancy/payloads/payload-cipher";
import { createPayloadKeySource } from "@leasehold/tenancy/payloads/payload-key-source";
import { isKeyRefused } from "../../keys/kms-refusals.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";

export type Reach = Pick<ShreddingDependencies, "keyring" | "kms">;

/** The one purpose that the worker may open, for a key that is kept nowhere. */
export const canaryKey = { version: 1, purpose: "payload" } as const;

/** The canary's own run: no run has this id. */
export function canaryRun(tenantId: TenantId): string {
  return `t:${tenantId}:canary:0`;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Swallows KMS's word that a key opens nothing; throws what says nothing about the key. */
export function ifClosed(error: unknown): undefined {
  if (isKeyRefused(error)) return undefined;
  throw error;
}

/**
 * Tries to open a canary the way it opened before. Throws what says nothing about its key: an outage is no proof of anything.
 */
export async function tryCanary(reach: Reach, tenantId: TenantId, canary: Canary): Promise<"opens" | "refused"> {
  const opened = await openCanary(reach, tenantId, canary).catch(ifClosed);
  return opened !== undefined && sha256(opened) === canary.sha256 ? "opens" : "refused";
}

/** What is in it; undefined when the key is not there. */
export function openCanary(reach: Reach, tenantId: TenantId, canary: Omit<Canary, "sha256">): Promise<Uint8Array | undefined> {
  return openers[canary.path](reach, tenantId, canary);
}

const openers: Record<CanaryPath, (reach: Reach, tenantId: TenantId, canary: Omit<Canary, "sha256">) => Promise<Uint8Array | undefined>> = {
  kms: ({ kms }, tenantId, { opener: keyArn, ciphertext }) => unwrapDataKey(kms, { ...canaryKey, tenantId, keyArn }, ciphertext),
  async keyring({ keyring, kms }, tenantId, { opener, ciphertext }) {
    const found = await createPayloadKeySource({ keyring, kms }).unwrap(tenantId, Number(opener));
    if (found === undefined) return undefined;
    const metadata = metadataOf({ owner: tenantId, version: found.version, run: canaryRun(tenantId) });
    const cipher = new PayloadCipher(found.key);
    try {
      return cipher.open({ metadata, data: ciphertext }).data ?? undefined;
    } finally {
      cipher.zeroise();
    }
  },
  async epoch({ keyring, kms }, tenantId, { opener, ciphertext: wrapped }) {
    const [pool = "", epoch] = opener.split("/");
    const branch = await findEpoch(keyring, pool, Number(epoch));
    if (branch?.wrapped == null) return undefined;
    const { version, purpose: sealedAs } = canaryKey;
    return unwrapTenantKey({ kms }, tenantId, { version, keyArn: `epoch:${pool}`, wrapped, branch, sealedAs });
  },
};
