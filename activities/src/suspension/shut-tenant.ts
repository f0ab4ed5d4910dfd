import { publishResumption, publishSuspension, resumeHome, suspendHome } from "@leasehold/db/application/placement/suspend-home";
import type { TenantId } from "@leasehold/domain/ids";
import type { Placement } from "@leasehold/domain/placement";
import type { SuspensionAccess } from "@leasehold/domain/suspension/kinds";
import { withTenantDatabase } from "../operations/with-tenant-database.ts";
import type { SuspensionDependencies } from "./dependencies.ts";

type Needs = Pick<SuspensionDependencies, "application" | "applicationDatabaseUrl">;

interface Of {
  tenantId: TenantId;
  placement: Placement;
}

/** Idempotent by tenant id. The application plane refuses the tenant, and the home itself what comes with an older answer. */
export async function shutTenant(needs: Needs, { tenantId, placement }: Of, access: SuspensionAccess): Promise<void> {
  await publishSuspension(needs.application, tenantId, access);
  await withTenantDatabase(needs, placement, (pool) => suspendHome(pool, tenantId, access));
}

/** Idempotent by tenant id. The home is open, and then the application plane says so. */
export async function openTenant(needs: Needs, { tenantId, placement }: Of): Promise<void> {
  await withTenantDatabase(needs, placement, (pool) => resumeHome(pool, tenantId));
  await publishResumption(needs.application, tenantId);
}
