import { isId, type TenantId } from "@leasehold/domain/ids";

/** The tenant that an operator's input names, when it is an id; null for anything else. */
export function namedTenant(input: unknown): TenantId | null {
  const tenantId = typeof input === "object" && input !== null && "tenantId" in input ? input.tenantId : undefined;
  return isId("tenant", tenantId) ? tenantId : null;
}
