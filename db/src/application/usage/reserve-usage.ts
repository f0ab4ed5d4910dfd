import { DomainError } from "@leasehold/domain/errors";
import { and, eq, sql } from "drizzle-orm";
import { tenantLimits } from "../schema/tenant-home.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import { readUsage } from "./read-usage.ts";

/**
 * Takes a place for `documents` more documents of `bytes` bytes, or none: checked and taken by one statement, under the row's
 * lock. Throws LIMIT_EXCEEDED (`documents-limit`, `storage-limit`).
 */
export async function reserveUsage(tx: TenantTransaction, tenantId: string, add: { documents: number; bytes: number }): Promise<void> {
  const { documents, storedBytes, limits } = tenantLimits;
  const taken = await tx
    .update(tenantLimits)
    .set({ documents: sql`${documents} + ${add.documents}`, storedBytes: sql`${storedBytes} + ${add.bytes}` })
    .where(
      and(
        eq(tenantLimits.tenantId, tenantId),
        sql`${documents} + ${add.documents} <= (${limits} ->> 'documents')::bigint`,
        sql`${storedBytes} + ${add.bytes} <= (${limits} ->> 'storageBytes')::bigint`,
      ),
    )
    .returning({ tenantId: tenantLimits.tenantId });
  if (taken.length === 1) return;
  const usage = await readUsage(tx, tenantId);
  if (usage.documents + add.documents > usage.limits.documents) {
    const stored = usage.documents > usage.limits.documents ? `, and ${usage.documents} are stored` : "";
    throw new DomainError(
      "LIMIT_EXCEEDED",
      `Your plan holds ${usage.limits.documents} documents${stored}. Delete some, or change the plan.`,
      {
        reason: "documents-limit",
      },
    );
  }
  const full = usage.storedBytes > usage.limits.storageBytes ? "More is stored than your plan holds" : "Your plan's storage is full";
  throw new DomainError("LIMIT_EXCEEDED", `${full}. Delete documents, or change the plan.`, { reason: "storage-limit" });
}

/** Gives back what was taken and is not needed. Never refused: bytes above what was reserved are added by a negative number. */
export async function releaseUsage(tx: TenantTransaction, tenantId: string, less: { documents: number; bytes: number }): Promise<void> {
  const { documents, storedBytes } = tenantLimits;
  await tx
    .update(tenantLimits)
    .set({
      documents: sql`greatest(${documents} - ${less.documents}, 0)`,
      storedBytes: sql`greatest(${storedBytes} - ${less.bytes}, 0)`,
    })
    .where(eq(tenantLimits.tenantId, tenantId));
}
