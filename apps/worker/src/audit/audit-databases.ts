import type { AuditPlane } from "@leasehold/db/audit/chain";
import { createPool, withDatabase } from "@leasehold/db/client";
import type pg from "pg";

export interface AuditDatabase {
  name: string;
  plane: AuditPlane;
  pool: pg.Pool;
}

/** Every database that holds audit rows: the control plane's, the pool's and those of silo tenants, found anew now and then. */
export interface AuditDatabases {
  list(): readonly AuditDatabase[];
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** Silo databases are beside the pool's, under the same login; one connection for each. */
export function createAuditDatabases(clients: { control: pg.Pool; application: pg.Pool; applicationDatabaseUrl: string }): AuditDatabases {
  const shared: AuditDatabase[] = [
    { name: "control", plane: "control", pool: clients.control },
    { name: "pool", plane: "application", pool: clients.application },
  ];
  const silos = new Map<string, AuditDatabase>();
  return {
    list: () => [...shared, ...silos.values()],
    async refresh() {
      const { rows } = await clients.application.query<{ name: string }>(
        "select datname as name from pg_database where datname ~ '^silo_' and has_database_privilege(datname, 'CONNECT')",
      );
      const found = new Set(rows.map(({ name }) => name));
      for (const [name, silo] of silos)
        if (!found.has(name)) {
          silos.delete(name);
          await silo.pool.end().catch(() => {});
        }
      for (const name of found)
        if (!silos.has(name)) {
          const url = withDatabase(clients.applicationDatabaseUrl, name);
          silos.set(name, { name, plane: "application", pool: createPool(url, { max: 1, applicationName: "leasehold-sealer" }) });
        }
    },
    async close() {
      await Promise.all([...silos.values()].map(({ pool }) => pool.end()));
      silos.clear();
    },
  };
}
