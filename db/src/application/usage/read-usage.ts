import { DomainError } from "@leasehold/domain/errors";
import type { TenantLimits } from "@leasehold/domain/plans";
import { eq } from "drizzle-orm";
import { tenantLimits } from "../schema/tenant-home.ts";
import type { TenantTransaction } from "../with-tenant.ts";

export interface Usage {
  documents: number;
  storedBytes: number;
  limits: TenantLimits;
}

/** What the tenant has in use, uploads under way included, and its limits. Throws NOT_FOUND when it has none yet. */
export async function readUsage(tx: TenantTransaction, tenantId: string): Promise<Usage> {
  const { documents, storedBytes, limits } = tenantLimits;
  const [row] = await tx.select({ documents, storedBytes, limits }).from(tenantLimits).where(eq(tenantLimits.tenantId, tenantId));
  if (row === undefined) throw new DomainError("NOT_FOUND", "The workspace has no limits yet.", { reason: "limits-unknown" });
  return row;
}
