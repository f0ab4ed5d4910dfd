import { sealTenant } from "@leasehold/db/audit/seal-tenant";
import { controlStores, countControlRows, eraseControlRows } from "@leasehold/db/control/offboarding/control-stores";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { Store } from "./store.ts";

/** One table of the control database: rows that go, rows that lose what they say, or rows that stay. */
export function controlRows({ control, auditor }: ShreddingDependencies, table: keyof typeof controlStores): Store {
  return {
    how: "Count of the tenant's rows that hold something, under the role auditor",
    count: (ref) => countControlRows(auditor.control, table, ref),
    ...(controlStores[table].erase === undefined
      ? {}
      : {
          async erase(ref) {
            if (table === "control.audit") await sealTenant(control, "control", ref.tenantId, ref.signal);
            await eraseControlRows(control, table, ref);
          },
        }),
  };
}
