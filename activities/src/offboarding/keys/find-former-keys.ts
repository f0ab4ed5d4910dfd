import { findPlatformKey } from "@leasehold/db/control/keys/note-grant";
import { readTenantKey } from "@leasehold/db/control/keys/read-tenant-key";
import { findOldestKey, listFormerKeys } from "@leasehold/db/keyring/data-keys/former-keys";
import { listUsedEpochs } from "@leasehold/db/keyring/epochs/list-epochs";
import type { TenantId } from "@leasehold/domain/ids";
import { poolOfKey } from "@leasehold/domain/keys/epochs";
import type { FormerKey } from "@leasehold/domain/offboarding/certificate";
import { abortable } from "../../operations/abortable.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import { askKms } from "./ask-kms.ts";
import type { TenantKey } from "./find-keys.ts";

const dayMs = 86_400_000;

type Needs = Pick<ShreddingDependencies, "control" | "keyring" | "auditor" | "kms" | "retention">;
type Ref = { tenantId: TenantId; signal: AbortSignal };

/**
 * Keys that the tenant's wrapped keys were under before, as long as a copy of the keyring from then may be there: epochs that turned away
 * from them or that a change of keys left, and customers' keys. One that KMS has no more opens no copy, and is left out. `present` are the
 * ARNs, or `epoch:<pool>`, that they are under now.
 */
export async function findFormerKeys(needs: Needs, ref: Ref, present: readonly string[]): Promise<TenantKey[]> {
  const { keyring, auditor, retention } = needs;
  const now = new Date();
  const keptMs = retention.keyringBackupDays * dayMs;
  const formerAt = (until: Date): FormerKey => ({
    until: until.toISOString(),
    copiesUntil: new Date(until.getTime() + keptMs).toISOString(),
  });
  const noted = await listFormerKeys(auditor.keyring, ref.tenantId);
  const platform = await findPlatformKey(needs.control, ref.tenantId);
  // A change from before the keyring noted what it left.
  if (platform !== undefined && !noted.some(({ keyArn }) => keyArn === platform)) {
    const { changedAt } = await readTenantKey(needs.control, ref.tenantId);
    noted.push({ keyArn: platform, customerManaged: false, leftAt: changedAt ?? now });
  }
  const left = noted.filter(({ keyArn }) => !present.includes(keyArn));
  const found: TenantKey[] = left
    .filter(({ customerManaged }) => customerManaged)
    .map(({ keyArn, leftAt }) => ({ keyArn, model: "customer", wrappedBefore: 0, former: formerAt(leftAt) }));
  const from = await findOldestKey(auditor.keyring, ref.tenantId);
  const pools = [
    ...left.map((one) => ({ ...one, isIn: false })),
    ...[...new Set(present)].map((keyArn) => ({ keyArn, leftAt: now, isIn: true })),
  ];
  for (const { keyArn, leftAt, isIn } of pools) {
    const pool = poolOfKey(keyArn);
    if (pool === undefined || from === undefined) continue;
    for (const used of await listUsedEpochs(keyring, pool, { from, until: leftAt })) {
      if (isIn && !used.turned) continue;
      const until = used.retiredAt !== null && used.retiredAt < leftAt ? used.retiredAt : leftAt;
      found.push({ keyArn: used.keyArn, model: "shared-epoch", wrappedBefore: 0, epoch: used.epoch, former: formerAt(until) });
    }
  }
  const kept = found.filter(({ former }) => Date.parse(former?.copiesUntil ?? "") > now.getTime());
  const kms = abortable(needs.kms, ref.signal);
  const known: TenantKey[] = [];
  for (const key of kept) if (key.model === "customer" || (await askKms(kms, key.keyArn)).state !== "NotFound") known.push(key);
  return known;
}
