import type { KMSClient } from "@aws-sdk/client-kms";
import type { MissingKey } from "@leasehold/db/keyring/data-keys/find-loss";
import type { KeyVersion } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { isDomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { poolOfKey } from "@leasehold/domain/keys/epochs";
import { leaseMs } from "@leasehold/domain/keys/leases";
import { ExpiringCache } from "../cache/expiring-cache.ts";
import type { TenantScope } from "../context.ts";
import { type BranchLeases, createBranchLeases } from "./branch-leases.ts";
import { openStoredKey, type StoredKey } from "./stored-key.ts";
import { closureOf, customerKeyRefused, keyLost, keyUnavailable, UnreadableError } from "./unreadable.ts";

export type WrappedKey = StoredKey;

export interface DataKeySources {
  /** A version of the tenant's wrapped key, its newest, or that of its index; undefined when there is none. */
  loadWrappedKey(tenantId: TenantId, version: KeyVersion): Promise<WrappedKey | undefined>;
  /** Of a version that is not there: whether it is gone. Undefined, as without this, for one that nobody knows of. */
  findLoss?(tenantId: TenantId, version: number): Promise<MissingKey | undefined>;
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
  /** Above 1 where the index key was lost and made anew. */
  indexVersion: number;
  key(version: KeyVersion): Buffer;
}

export interface DataKeys {
  /**
   * Runs `work`, which is synchronous so that no key outlives its lease, with the tenant's data keys of `versions`.
   * Throws UNAVAILABLE (`key-unavailable`) when keyring or KMS do not give the key, PRECONDITION_FAILED (`customer-key-disabled`)
   * when the customer has switched their own off, and (`key-lost`) for a version that is gone; UnreadableError for one that the tenant
   * never had.
   */
  use<T>(scope: TenantScope, versions: Iterable<KeyVersion>, work: (ring: KeyRing) => T): Promise<T>;
  /** Unwraps the newest data key and the index key past every lease, holds neither, and throws as `use` does. */
  check(scope: TenantScope): Promise<void>;
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

  const branches = createBranchLeases((scope) => sources.kmsFor(scope), maxEntries);
  const newest = new ExpiringCache<Found>({ maxEntries, freshUntil: ({ until }) => until });
  const nameOf = (scope: TenantScope, version: KeyVersion) => `${scope.tenantId}|${scope.placement.keyArn}|${version}`;

  function acquire(scope: TenantScope, version: KeyVersion): Promise<Lease> {
    const find = async () => ({ until: Date.now() + lifetime, stored: await load(sources, scope, version) });
    if (version !== "newest") return lease(scope, version, find);
    return newest.get(nameOf(scope, version), find).then((found) => lease(scope, found.stored.version, async () => found));
  }

  /** A lease ends 30 s after the keyring was asked, whenever KMS was. */
  function lease(scope: TenantScope, version: number | "index", find: () => Promise<Found>): Promise<Lease> {
    const name = nameOf(scope, version);
    return leases.get(name, async () => {
      const made = await unwrap({ ...sources, branches }, scope, version, find);
      setTimeout(
        () => {
          retire(made);
          leases.delete(name);
        },
        Math.max(0, made.until - Date.now()),
      ).unref();
      return made;
    });
  }

  return {
    async use(scope, versions, work) {
      const wanted = [...new Set(versions)];
      for (let attempt = 0; ; attempt++) {
        const held = await Promise.all(wanted.map((version) => acquire(scope, version)));
        const now = Date.now();
        if (held.every(({ until }) => until > now)) return work(ringOf(wanted, held));
        if (attempt === 2) throw keyUnavailable(new Error("key leases lapsed while they were gathered"));
      }
    },
    async check(scope) {
      for (const version of ["newest", "index"] as const) {
        const stored = await load(sources, scope, version);
        (await unwrap({ ...sources, branches }, scope, version, async () => ({ stored, until: 0 }))).key.fill(0);
      }
    },
    close() {
      leases.clear();
      branches.close();
      newest.clear();
    },
  };
}

/** Marks before it zeroises: whoever still holds the lease sees that it has lapsed, and never works with zeros. */
function retire(lease: Lease): void {
  lease.until = 0;
  lease.key.fill(0);
}

type Opening = DataKeySources & { branches: BranchLeases };

/**
 * The keyring and the credentials are asked for at the same time. The keyring says which KMS key it is: a place that is known from
 * before a change of keys gets credentials for the key that holds now. A key that a turn has moved meanwhile is looked for once more.
 */
async function unwrap(sources: Opening, scope: TenantScope, wanted: KeyVersion, find: () => Promise<Found>): Promise<Lease> {
  const ahead = poolOfKey(scope.placement.keyArn) === undefined ? sources.kmsFor(scope) : undefined;
  const [{ stored, until }] = await Promise.all([find(), ahead]);
  const open = (as: WrappedKey) => openStoredKey(sources, scope, as, until).catch((error: unknown) => refuse(error, as.customerManaged));
  const key = await open(stored).catch(async (error: unknown) => {
    if (stored.branch == null) throw error;
    const again = await load(sources, scope, wanted === "index" ? wanted : stored.version);
    if (again.wrapped.equals(stored.wrapped)) throw error;
    return open(again);
  });
  return { version: stored.version, key, until };
}

async function load(sources: DataKeySources, scope: TenantScope, version: KeyVersion): Promise<WrappedKey> {
  const stored = await sources.loadWrappedKey(scope.tenantId, version).catch((error: unknown) => refuse(error));
  if (stored !== undefined) return stored;
  const missing = `the keyring has no such key version (${version})`;
  if (typeof version !== "number") throw keyUnavailable(new Error(missing));
  const loss = await sources.findLoss?.(scope.tenantId, version).catch((error: unknown) => refuse(error));
  throw loss === undefined ? new UnreadableError(missing) : keyLost(loss.lostAt, new Error(missing));
}

function refuse(error: unknown, customerManaged = false): never {
  if (isDomainError(error)) throw error;
  const closure = customerManaged ? closureOf(error) : undefined;
  throw closure === undefined ? keyUnavailable(error) : customerKeyRefused(closure, error);
}

function ringOf(wanted: readonly KeyVersion[], held: readonly Lease[]): KeyRing {
  const leaseOf = (version: KeyVersion) => held[wanted.indexOf(version)];
  return {
    newestVersion: leaseOf("newest")?.version ?? 0,
    indexVersion: leaseOf("index")?.version ?? 0,
    key(version) {
      const lease = leaseOf(version);
      if (lease === undefined) throw new Error("a key version was not asked for");
      return lease.key;
    },
  };
}
