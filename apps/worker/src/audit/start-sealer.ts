import { setTimeout as sleep } from "node:timers/promises";
import { sealAudit } from "@leasehold/db/audit/seal-audit";
import type { Logger } from "@leasehold/tenancy/logger";
import type { AuditDatabase, AuditDatabases } from "./audit-databases.ts";

/** Between two looks at a database, in milliseconds; less often at a silo without news. A row has its seal within a second of its commit. */
const lookEveryMs = 400;
const quietEveryMs = 600;
const tickMs = 100;
const refreshEveryMs = 10_000;

export interface Sealer {
  /** The last look at every database went well. */
  readonly sealing: boolean;
  /** Age of the oldest row that waited at the last looks, in milliseconds, by database. */
  lags(): Record<string, number>;
  stop(): Promise<void>;
}

/**
 * Seals audit rows of all databases as they become visible. Several processes may: each tenant's rows are sealed by one at a time. One
 * that is killed leaves nothing half sealed.
 */
export function startSealer({ databases, logger }: { databases: AuditDatabases; logger: Logger }): Sealer {
  const stopping = new AbortController();
  const lags: Record<string, number> = {};
  const failing = new Set<string>();
  const due = new Map<string, number>();

  async function sealOne({ name, plane, pool }: AuditDatabase): Promise<void> {
    try {
      const pass = await sealAudit(pool, plane);
      lags[name] = pass.oldestMs;
      const shared = name === "control" || name === "pool";
      const waitMs = shared || pass.rows > 0 ? lookEveryMs : quietEveryMs;
      due.set(name, Date.now() + (pass.more ? 0 : waitMs));
      for (const { tenantId, error } of pass.failed)
        logger.error({ tenantId, err: error, database: name }, "a tenant's audit rows could not be sealed");
      if (failing.delete(name)) logger.info({ database: name }, "audit rows are sealed again");
    } catch (error) {
      due.set(name, Date.now() + quietEveryMs);
      if (!failing.has(name)) logger.warn({ err: error, database: name }, "audit rows wait for their seal; trying again");
      failing.add(name);
    }
  }

  async function run(): Promise<void> {
    let refreshed = 0;
    while (!stopping.signal.aborted) {
      if (Date.now() - refreshed > refreshEveryMs) {
        refreshed = Date.now();
        await databases.refresh().catch((error: unknown) => logger.warn({ err: error }, "databases of tenants could not be listed"));
        const known = new Set(databases.list().map(({ name }) => name));
        for (const name of Object.keys(lags)) if (!known.has(name)) delete lags[name];
        for (const name of failing) if (!known.has(name)) failing.delete(name);
      }
      const now = Date.now();
      await Promise.all(
        databases
          .list()
          .filter(({ name }) => (due.get(name) ?? 0) <= now)
          .map(sealOne),
      );
      await sleep(tickMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const running = run();
  return {
    get sealing() {
      return failing.size === 0;
    },
    lags: () => ({ ...lags }),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
