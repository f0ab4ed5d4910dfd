import type { Pool } from "pg";
import { type ControlTransaction, withControl } from "../with-control.ts";

/** Every read that names no tenant, with why it may. A read that is not listed here cannot be written: the key is its type. */
export const crossTenantReads = {
  "tenant-list": "Operators look after all tenants; their list starts from every one of them.",
  attention: "A parked operation or an approval is found by its state, before anybody knows whose it is.",
  "tenant-lookup": "An operator opens a tenant by its id; who may see it is decided by being an operator.",
  "slug-availability": "Addresses are public and unique over all tenants.",
} as const;

export type CrossTenantRead = keyof typeof crossTenantReads;

/** Opens a transaction that names no tenant, for operators' reads only: the role can change nothing in it. */
export function acrossTenants<T>(pool: Pool, _read: CrossTenantRead, run: (tx: ControlTransaction) => Promise<T>): Promise<T> {
  return withControl(pool, {}, run);
}
