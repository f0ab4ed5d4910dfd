import { listUnreadableKeys, noteUnreadableKeys } from "@leasehold/db/control/keys/note-unreadable-keys";
import type { EpochRef, KeyPlace } from "@leasehold/db/keyring/epochs/move-keys";
import type { TenantId } from "@leasehold/domain/ids";
import type pg from "pg";

/**
 * Idempotent. Tells operators whose wrapped keys did not open when an epoch turned, by tenant and version, and takes back what was told
 * of those that do now or are gone. @returns the tenants of whom something new was told
 */
export async function reportUnreadableKeys(
  control: pg.Pool,
  { pool, epoch }: EpochRef,
  unreadable: readonly KeyPlace[],
  requestId: string,
): Promise<TenantId[]> {
  const versions = new Map<TenantId, Set<number>>();
  for (const { tenantId, version } of unreadable) versions.set(tenantId, (versions.get(tenantId) ?? new Set()).add(version));
  const told: TenantId[] = [];
  for (const [tenantId, found] of versions) {
    const keys = { pool, epoch, versions: [...found].sort((a, b) => a - b) };
    if (await noteUnreadableKeys(control, tenantId, keys, requestId)) told.push(tenantId);
  }
  for (const noted of await listUnreadableKeys(control)) {
    if (noted.pool !== pool || noted.epoch !== epoch || versions.has(noted.tenantId)) continue;
    if (await noteUnreadableKeys(control, noted.tenantId, undefined, requestId)) told.push(noted.tenantId);
  }
  return told;
}
