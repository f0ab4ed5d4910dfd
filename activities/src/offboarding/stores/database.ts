import { dropDatabase } from "@leasehold/db/bootstrap";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import { isThere } from "./audited-database.ts";
import type { Store } from "./store.ts";

/** The tenant's own database, dropped with everything in it. Pooled tenants have none. */
export function database({ auditor, ownerDatabaseUrl }: ShreddingDependencies): Store {
  return {
    how: "The server's list of databases, asked for the tenant's own by its name",
    async count({ placement }) {
      if (placement.database === "pool") return 0;
      return (await isThere(auditor.application, placement.database.name)) ? 1 : 0;
    },
    async erase({ placement, signal }) {
      if (placement.database === "pool") return;
      signal.throwIfAborted();
      await dropDatabase(ownerDatabaseUrl, placement.database.name);
    },
  };
}
