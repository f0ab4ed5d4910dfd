import type { ApiKeyRate } from "@leasehold/domain/api-keys";
import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { and, eq } from "drizzle-orm";
import { emitAudit } from "../audit/emit-audit.ts";
import { apiKeys } from "../schema/api-keys.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import { rateColumns } from "./create-api-key.ts";

/**
 * Gives a key a rate of its own, or with null the plan's. Throws NOT_FOUND, PRECONDITION_FAILED (`api-key-revoked`).
 * @returns the digest of its secret, for caches to forget it by
 */
export async function changeKeyRate(tx: TenantTransaction, ctx: TenantContext, keyId: string, rate: ApiKeyRate | null): Promise<Buffer> {
  const [changed] = await tx
    .update(apiKeys)
    .set(rateColumns(rate))
    .where(and(eq(apiKeys.tenantId, ctx.tenantId), eq(apiKeys.keyId, keyId)))
    .returning({ secretHash: apiKeys.secretHash, revokedAt: apiKeys.revokedAt });
  if (changed === undefined) throw new DomainError("NOT_FOUND", "There is no such API key.", { reason: "api-key-unknown" });
  if (changed.revokedAt !== null) {
    throw new DomainError("PRECONDITION_FAILED", "The API key is revoked. Make another one.", { reason: "api-key-revoked" });
  }
  await emitAudit(tx, ctx, "api-key.changed", keyId, { rate });
  return changed.secretHash;
}
