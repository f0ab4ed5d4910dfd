import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";
import { insertVariants, quoted } from "./insert-variants.ts";

/** What a tenant may ask for as its export. The columns that the portal has no right to are granted, so that the policy answers alone. */
export function exportGuards({ tenantId, operationId, userId }: Seeded): GuardProbe[] {
  const row = { tenant_id: quoted(tenantId), export_id: quoted(newId("export")), requested_by: quoted(`user:${userId}`) };
  const given = `grant insert (state, operation_id) on control.exports to portal; delete from control.exports where tenant_id = '${tenantId}'`;
  return insertVariants("control.exports", "portal", row, { state: "'RUNNING'", operation_id: quoted(operationId) }, { given });
}
