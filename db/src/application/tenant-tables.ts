import type { StoreName } from "@leasehold/domain/offboarding/stores";

/** When a tenant's rows of a table go: with its home here, with its placement in the pool's database, or never. */
type Erasure = "with-home" | "with-placement" | "kept";

/** A table of the registry of stores, by which a closing erases, counts and certifies. */
export type TenantTable = Extract<StoreName, `app.${string}`>;

/**
 * Every table of an application database that holds rows of tenants, in the order in which rows are erased: whatever walks a
 * tenant's data goes through this list, and a test finds a table that is not in it. One that is here and not in the registry of
 * stores, or there and not here, does not compile. The home goes first: it takes the fence, so that nothing is written behind it.
 */
export const tenantTables: Readonly<Record<TenantTable, Erasure>> = {
  "app.tenant_home": "with-home",
  "app.api_keys": "with-home",
  "app.idempotency_keys": "with-home",
  "app.document_grams": "with-home",
  "app.documents": "with-home",
  "app.folders": "with-home",
  "app.tenant_limits": "with-placement",
  "app.tenant_placement": "with-placement",
  "app.rate_buckets": "with-placement",
  "app.audit": "kept",
  "app.audit_heads": "kept",
};
