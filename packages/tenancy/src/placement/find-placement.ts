import { findPlacement, type TenantPlacement } from "@leasehold/db/application/placement/find-placement";
import type { TenantId } from "@leasehold/domain/ids";
import type pg from "pg";
import { ExpiringCache } from "../cache/expiring-cache.ts";

/** How long a tenant's place and state are believed. A move is caught by the fence in any case. */
export const placementCacheMs = 5_000;

export interface PlacementDirectory {
  /** Throws NOT_FOUND (`tenant-unknown`). */
  find(tenantId: TenantId): Promise<TenantPlacement>;
  /** For a caller that the fence refused: the next `find` asks the database. */
  forget(tenantId: TenantId): void;
}

/** Half of that: the place of a tenant that is in use is asked for again while requests go on with the known one. */
const renewAheadMs = placementCacheMs / 2;

/** Placements of active tenants, kept for 5 s. Any other state is asked for each time, so that what ends it shows at once. */
export function createPlacementDirectory(pool: pg.Pool, maxEntries = 50_000): PlacementDirectory {
  const cache = new ExpiringCache<TenantPlacement>({
    maxEntries,
    renewAheadMs,
    freshUntil: ({ state }) => (state === "ACTIVE" ? Date.now() + placementCacheMs : 0),
  });
  return {
    find: (tenantId) => cache.get(tenantId, () => findPlacement(pool, tenantId)),
    forget: (tenantId) => cache.delete(tenantId),
  };
}
