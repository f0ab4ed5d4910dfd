import { type TenantTable, tenantTables } from "@leasehold/db/application/tenant-tables";
import { controlStores } from "@leasehold/db/control/offboarding/control-stores";
import type { StoreName } from "@leasehold/domain/offboarding/stores";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import { applicationRows } from "./application-rows.ts";
import { controlRows } from "./control-rows.ts";
import { database } from "./database.ts";
import { identities } from "./identities.ts";
import { items } from "./items.ts";
import { objects } from "./objects.ts";
import { stack } from "./stack.ts";
import { anchors, leases, logs, runs, sessions } from "./stated.ts";
import type { Store } from "./store.ts";
import { formerKeys, lostKeys, wrappedKeys } from "./wrapped-keys.ts";

type ControlStore = keyof typeof controlStores;

/** What counts and empties each store of the registry: a store without its work does not compile. */
export function createStores(needs: ShreddingDependencies): Readonly<Record<StoreName, Store>> {
  // Both lists are typed by the registry: what is missing in one of them does not compile there.
  const rowsOf = Object.fromEntries([
    ...(Object.keys(tenantTables) as TenantTable[]).map((table) => [table, applicationRows(needs, table)]),
    ...(Object.keys(controlStores) as ControlStore[]).map((table) => [table, controlRows(needs, table)]),
  ]) as Record<TenantTable | ControlStore, Store>;
  return {
    ...rowsOf,
    "keyring.data_keys": wrappedKeys(needs),
    "keyring.lost_keys": lostKeys(needs),
    "keyring.former_keys": formerKeys(needs),
    "key-leases": leases(needs),
    sessions: sessions(needs),
    objects: objects(needs),
    items: items(needs),
    database: database(needs),
    stack: stack(needs),
    "runs-ended": runs(needs, "open"),
    "runs-deleted": runs(needs, "all"),
    identities: identities(needs),
    anchors: anchors(needs),
    logs: logs(needs),
  };
}
