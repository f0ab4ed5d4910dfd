import { type TenantTransaction, tenantQuery, withTenant } from "@leasehold/db/application/with-tenant";
import { createPool, databaseTimeouts, withDatabase } from "@leasehold/db/client";
import { isDomainError } from "@leasehold/domain/errors";
import { siloDatabaseOf } from "@leasehold/domain/placement";
import type pg from "pg";
import { ExpiringCache } from "../cache/expiring-cache.ts";
import type { TenantScope } from "../context.ts";
import { createFairQueue } from "../limits/fair-queue.ts";
import type { PlacementDirectory } from "../placement/find-placement.ts";

type Access = "read" | "write";

export interface TenantData {
  /** Several statements in one transaction of the tenant, wherever its database is. `work` may run again: database work only. */
  transaction<T>(scope: TenantScope, access: Access, work: (tx: TenantTransaction) => Promise<T>): Promise<T>;
  /** Exactly one statement, in one round trip. */
  query<T>(scope: TenantScope, access: Access, work: (tx: TenantTransaction) => PromiseLike<T>): Promise<T>;
  /** The connections to the tenant's database, for what comes before a transaction of its own. */
  poolOf(scope: TenantScope): Promise<pg.Pool>;
  close(): Promise<void>;
}

export interface TenantDataOptions {
  /** The pool's database; those of silo tenants are beside it under the same login. */
  url: string;
  pool: pg.Pool;
  placements: PlacementDirectory;
  applicationName: string;
  /** Silo databases that connections are kept for. */
  maxSilos?: number;
}

const siloConnections = 5;
/** Connections of the pool that no tenant's transaction takes: for placements, keys and limits. */
const connectionsKept = 2;
/** Of the others, the share that one tenant may have at most. */
const tenantShare = 3 / 4;
const forever = Number.POSITIVE_INFINITY;

/**
 * The tenant's rows, entered through its fence. The pool's connections are shared among tenants in turns, so that one tenant's
 * flood never takes them all. A refusal because the tenant has moved makes the next request look anew.
 */
export function createTenantData({ url, pool, placements, applicationName, maxSilos = 50 }: TenantDataOptions): TenantData {
  const silos = new ExpiringCache<pg.Pool>({ maxEntries: maxSilos, freshUntil: () => forever, dispose: (silo) => void silo.end() });
  const slots = Math.max(1, (pool.options.max ?? connectionsKept) - connectionsKept);
  const turns = createFairQueue({
    slots,
    slotsPerTenant: Math.max(1, Math.floor(slots * tenantShare)),
    waitMs: databaseTimeouts.connectMs,
  });

  async function poolOf({ tenantId, placement }: TenantScope): Promise<pg.Pool> {
    if (placement.database === "pool") return pool;
    const { name } = placement.database;
    if (name !== siloDatabaseOf(tenantId)) throw new Error(`the placement of ${tenantId} names a database that is not its own`);
    return silos.get(name, async () => createPool(withDatabase(url, name), { max: siloConnections, applicationName, prepares: true }));
  }

  async function entering<T>(scope: TenantScope, work: (from: pg.Pool) => Promise<T>): Promise<T> {
    try {
      const from = await poolOf(scope);
      return from === pool ? await turns.run(scope.tenantId, () => work(from)) : await work(from);
    } catch (error) {
      if (isDomainError(error) && error.reason === "tenant-moved") placements.forget(scope.tenantId);
      throw error;
    }
  }

  const entryOf = ({ tenantId, placement }: TenantScope, access: Access) => ({ tenantId, epoch: placement.epoch, access });
  return {
    transaction: (scope, access, work) => entering(scope, (from) => withTenant(from, entryOf(scope, access), work)),
    query: (scope, access, work) => entering(scope, (from) => tenantQuery(from, entryOf(scope, access), work)),
    poolOf,
    async close() {
      silos.clear();
      await pool.end();
    },
  };
}
