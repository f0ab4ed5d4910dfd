import { listGrants } from "@leasehold/db/control/keys/note-grant";
import { findPlatformKeys } from "@leasehold/db/control/offboarding/find-platform-keys";
import { readKeyEvidence } from "@leasehold/db/control/offboarding/shredding-evidence";
import { countWrappedKeys } from "@leasehold/db/keyring/data-keys/count-wrapped-keys";
import { listLostKeys } from "@leasehold/db/keyring/data-keys/lost-keys";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import { epochKeyOf, poolOfKey } from "@leasehold/domain/keys/epochs";
import type { CertificateKeyModel, KeyEvidence } from "@leasehold/domain/offboarding/certificate";
import { keyAliasOf } from "@leasehold/domain/placement";
import { plans } from "@leasehold/domain/plans";
import { describeKey, listTaggedKeys } from "../../onboarding/tenant-keys.ts";
import { abortable } from "../../operations/abortable.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { StoreRef } from "../stores/store.ts";
import { findFormerKeys } from "./find-former-keys.ts";

export type TenantKey = Pick<KeyEvidence, "keyArn" | "model" | "wrappedBefore" | "epoch" | "lost" | "former">;

/**
 * Every KMS key that something of the tenant is or was wrapped under: as its place, its resources, its name, its tag, its grants and
 * the keyring say, and as an attempt before this one recorded it. An epoch stands for itself by the key of that epoch, with the wrapped
 * keys under it that were given up. What copies of the keyring from before are under is told apart by `former`.
 */
export async function findKeys(needs: ShreddingDependencies, ref: StoreRef): Promise<TenantKey[]> {
  const { control, keyring, auditor } = needs;
  const { tenantId, placement, signal } = ref;
  const [kms, tagging] = [abortable(needs.kms, signal), abortable(needs.tagging, signal)];
  const wrapped = await countWrappedKeys(auditor.keyring, tenantId);
  const named = await describeKey(kms, keyAliasOf(tenantId));
  const platform = new Set([
    ...(await findPlatformKeys(control, tenantId)),
    ...(await listTaggedKeys(tagging, tenantId)),
    ...(named === undefined ? [] : [named.arn]),
  ]);
  const granted = (await listGrants(control, tenantId)).map(({ keyArn }) => keyArn);
  const found = new Map<string, TenantKey>();
  const add = (keyArn: string, model: CertificateKeyModel, wrappedBefore: number, epoch?: number) => {
    const before = found.get(keyArn)?.wrappedBefore ?? 0;
    found.set(keyArn, { keyArn, model, wrappedBefore: before + wrappedBefore, ...(epoch === undefined ? {} : { epoch }) });
  };
  const own = plans[ref.plan].placement.key === "stack" ? "stack" : "dedicated";
  const modelOf = (keyArn: string): CertificateKeyModel => (platform.has(keyArn) ? own : "customer");
  for (const { keyArn, epoch, keys } of wrapped) {
    const pool = poolOfKey(keyArn);
    if (pool === undefined) add(keyArn, modelOf(keyArn), keys);
    else add((await findEpoch(keyring, pool, epoch ?? "current"))?.keyArn ?? keyArn, "shared-epoch", keys, epoch ?? undefined);
  }
  for (const keyArn of [...platform, ...granted]) add(keyArn, modelOf(keyArn), 0);
  if (placement.keyArn !== "" && poolOfKey(placement.keyArn) === undefined) add(placement.keyArn, modelOf(placement.keyArn), 0);
  for (const { pool, epoch, purpose, version, lostAt } of await listLostKeys(keyring, tenantId)) {
    const keyArn = (await findEpoch(keyring, pool, epoch))?.keyArn ?? epochKeyOf(pool);
    const before = found.get(keyArn) ?? { keyArn, model: "shared-epoch", wrappedBefore: 0, epoch };
    found.set(keyArn, { ...before, lost: [...(before.lost ?? []), { purpose, version, lostAt }] });
  }
  const present = wrapped.map(({ keyArn }) => keyArn);
  for (const key of await findFormerKeys(needs, ref, present)) if (!found.has(key.keyArn)) found.set(key.keyArn, key);
  for (const { type: _, wrappedAfter: __, state: ___, deletionDate: ____, answeredAt: _____, ...key } of await readKeyEvidence(
    control,
    ref,
  ))
    found.set(key.keyArn, key);
  return [...found.values()];
}
