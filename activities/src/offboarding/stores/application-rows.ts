import { countRows, eraseRows } from "@leasehold/db/application/placement/erase-rows";
import { type TenantTable, tenantTables } from "@leasehold/db/application/tenant-tables";
import { sealTenant } from "@leasehold/db/audit/seal-tenant";
import { withTenantDatabase } from "../../operations/with-tenant-database.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import { withAuditedDatabase } from "./audited-database.ts";
import type { Store, StoreRef } from "./store.ts";

/** One table of the application plane: in the pool's database, or, for what goes with its home, in the tenant's own. */
export function applicationRows(needs: ShreddingDependencies, table: TenantTable): Store {
  const ownDatabase = ({ placement }: StoreRef) => placement.database !== "pool" && tenantTables[table] !== "with-placement";
  return {
    how: "Count of the tenant's rows under the role auditor; none where the database itself is gone",
    count: (ref) =>
      ownDatabase(ref)
        ? withAuditedDatabase(needs, ref.placement, (pool) => countRows(pool, ref.tenantId, table), 0)
        : countRows(needs.auditor.application, ref.tenantId, table),
    async erase(ref) {
      const { tenantId, placement, signal } = ref;
      // What is in the tenant's own database goes with it.
      if (ownDatabase(ref)) return;
      const erase = async (pool: typeof needs.application) => {
        if (table === "app.audit") await sealTenant(pool, "application", tenantId, signal);
        await eraseRows(pool, tenantId, table, signal);
      };
      if (tenantTables[table] === "with-placement") return erase(needs.application);
      await withTenantDatabase(needs, placement, erase);
    },
  };
}
