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

interface Found {
  stored: WrappedKey;
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
  const maxEntries = sources.maxEntries ?? 10_000;
  const leases = new ExpiringCache<Lease>({
    maxEntries,
    freshUntil: ({ until }) => until,
    dispose: retire,
  });

  const newest = new ExpiringCache<Found>({ maxEntries, freshUntil: ({ until }) => until });
  const nameOf = (scope: TenantScope, version: number | "newest") => `${scope.tenantId}|${scope.placement.keyArn}|${version}`;

  async function acquire(scope: TenantScope, version: number | "newest"): Promise<Lease> {
    const find = async () => ({ until: Date.now() + lifetime, stored: await load(sources, scope, version) });
    if (version !== "newest") return lease(scope, version, find);
    const found = await newest.get(nameOf(scope, version), find);
    return lease(scope, found.stored.version, async () => found);
  }

  /** A lease ends 30 s after the keyring was asked, whenever KMS was. */
  function lease(scope: TenantScope, version: number, find: () => Promise<Found>): Promise<Lease> {
    const name = nameOf(scope, version);
    return leases.get(name, async () => {
      const made = await unwrap(sources, scope, find);
      setTimeout(() => {
        retire(made);
        leases.delete(name);
      }, made.until - Date.now()).unref();
      return made;
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
    close() {
      leases.clear();
      newest.clear();
    },
  };
}

/** Marks before it zeroises: whoever still holds the lease sees that it has lapsed, and never works with zeros. */
function retire(lease: Lease): void {
  lease.until = 0;
  lease.key.fill(0);
}

/** The keyring and the credentials are asked for at the same time. */
async function unwrap(sources: DataKeySources, scope: TenantScope, find: () => Promise<Found>): Promise<Lease> {
  const [{ stored, until }, kms] = await Promise.all([find(), sources.kmsFor(scope)]);
  const identity = { tenantId: scope.tenantId, version: stored.version, keyArn: stored.keyArn };
  return { version: stored.version, key: await unwrapDataKey(kms, identity, stored.wrapped).catch(refuse), until };
}

async function load(sources: DataKeySources, scope: TenantScope, version: number | "newest"): Promise<WrappedKey> {
  const stored = await sources.loadWrappedKey(scope.tenantId, version).catch(refuse);
  if (stored === undefined) throw keyUnavailable(new Error(`the keyring has no such key version (${version})`));
  return stored;
}

function refuse(error: unknown): never {
  throw isDomainError(error) ? error : keyUnavailable(error);
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
