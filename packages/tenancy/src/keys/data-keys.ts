import type { KMSClient } from "@aws-sdk/client-kms";
import { isDomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { ExpiringCache } from "../cache/expiring-cache.ts";
import type { TenantScope } from "../context.ts";
import { keyUnavailable } from "./unreadable.ts";
import { unwrapDataKey } from "./wrapped-key.ts";

/** The longest that an unwrapped key is held; then the keyring and KMS are asked again. */
export const leaseMs = 30_000;

export interface WrappedKey {
  version: number;
  wrapped: Buffer;
  keyArn: string;
}

export interface DataKeySources {
  /** A version of the tenant's wrapped key, or its newest; undefined when there is none. */
  loadWrappedKey(tenantId: TenantId, version: number | "newest"): Promise<WrappedKey | undefined>;
  kmsFor(scope: TenantScope): Promise<KMSClient>;
  maxEntries?: number;
  leaseMs?: number;
}

interface Lease {
  version: number;
  key: Buffer;
  until: number;
}

/** Keys of the versions asked for. Valid within the callback only. */
export interface KeyRing {
  newestVersion: number;
  key(version: number | "newest"): Buffer;
}

export interface DataKeys {
  /**
   * Runs `work`, which is synchronous so that no key outlives its lease, with the tenant's data keys of `versions`.
   * Throws UNAVAILABLE (`key-unavailable`) when the keyring has no such version or KMS refuses the key.
   */
  use<T>(scope: TenantScope, versions: Iterable<number | "newest">, work: (ring: KeyRing) => T): Promise<T>;
  /** Zeroises every key that is held. */
  close(): void;
}

/** Data keys on leases of at most 30 s, unwrapped by the tenant's own credentials and zeroised at the end. */
export function createDataKeys(sources: DataKeySources): DataKeys {
  const lifetime = Math.min(sources.leaseMs ?? leaseMs, leaseMs);
  const leases = new ExpiringCache<Lease>({
    maxEntries: sources.maxEntries ?? 10_000,
    freshUntil: ({ until }) => until,
    dispose: retire,
  });

  function acquire(scope: TenantScope, version: number | "newest"): Promise<Lease> {
    const cacheKey = `${scope.tenantId}|${scope.placement.keyArn}|${version}`;
    return leases.get(cacheKey, async () => {
      const lease = await unwrap(sources, scope, version, Date.now() + lifetime);
      setTimeout(() => {
        retire(lease);
        leases.delete(cacheKey);
      }, lease.until - Date.now()).unref();
      return lease;
    });
  }

  return {
    async use(scope, versions, work) {
      const wanted = [...new Set(versions)];
      for (let attempt = 0; ; attempt++) {
        const held = new Map(await Promise.all(wanted.map(async (version) => [version, await acquire(scope, version)] as const)));
        const lapsed = [...held.values()].some(({ until }) => until <= Date.now());
        if (!lapsed) return work(ringOf(held));
        if (attempt === 2) throw keyUnavailable(new Error("key leases lapsed while they were gathered"));
      }
    },
    close: () => leases.clear(),
  };
}

/** Marks before it zeroises: whoever still holds the lease sees that it has lapsed, and never works with zeros. */
function retire(lease: Lease): void {
  lease.until = 0;
  lease.key.fill(0);
}

async function unwrap(sources: DataKeySources, scope: TenantScope, version: number | "newest", until: number): Promise<Lease> {
  try {
    const stored = await sources.loadWrappedKey(scope.tenantId, version);
    if (stored === undefined) throw new Error(`the keyring has no such key version (${version})`);
    const identity = { tenantId: scope.tenantId, version: stored.version, keyArn: stored.keyArn };
    return { version: stored.version, key: await unwrapDataKey(await sources.kmsFor(scope), identity, stored.wrapped), until };
  } catch (error) {
    throw isDomainError(error) ? error : keyUnavailable(error);
  }
}

function ringOf(held: ReadonlyMap<number | "newest", Lease>): KeyRing {
  const key = (version: number | "newest") => {
    const lease = held.get(version);
    if (lease === undefined) throw new Error("a key version was not asked for");
    return lease.key;
  };
  return {
    get newestVersion() {
      return held.get("newest")?.version ?? 0;
    },
    key,
  };
}
