import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { and, eq, isNull, sql } from "drizzle-orm";
import { emitAudit } from "../audit/emit-audit.ts";
import { apiKeys } from "../schema/api-keys.ts";
import type { TenantTransaction } from "../with-tenant.ts";

/** For good. Once more changes nothing. Throws NOT_FOUND. @returns the digest of its secret, for caches to forget it by */
export async function revokeApiKey(tx: TenantTransaction, ctx: TenantContext, keyId: string): Promise<Buffer> {
  const own = and(eq(apiKeys.tenantId, ctx.tenantId), eq(apiKeys.keyId, keyId));
  const [revoked] = await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()`, revokedBy: actorRef(ctx.actor) })
    .where(and(own, isNull(apiKeys.revokedAt)))
    .returning({ secretHash: apiKeys.secretHash });
  if (revoked !== undefined) {
    await emitAudit(tx, ctx, "api-key.revoked", keyId);
    return revoked.secretHash;
  }
  const [found] = await tx.select({ secretHash: apiKeys.secretHash }).from(apiKeys).where(own);
  if (found === undefined) throw new DomainError("NOT_FOUND", "There is no such API key.", { reason: "api-key-unknown" });
  return found.secretHash;
}
