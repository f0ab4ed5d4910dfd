import { type ApiKeyRate, apiKeyBounds } from "@leasehold/domain/api-keys";
import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import type { Scope } from "@leasehold/domain/roles";
import { and, count, eq, gt, isNull, sql } from "drizzle-orm";
import { emitAudit } from "../audit/emit-audit.ts";
import { apiKeys } from "../schema/api-keys.ts";
import type { TenantTransaction } from "../with-tenant.ts";

export interface NewApiKey {
  keyId: string;
  nameCipher: Buffer;
  secretHash: Buffer;
  scopes: Scope[];
  expiresInDays: number;
  /** Null: the plan's. */
  rate: ApiKeyRate | null;
}

export function rateColumns(rate: ApiKeyRate | null) {
  const { requestsPerSecond = null, burst = null, requestsPerDay = null } = rate ?? {};
  return { requestsPerSecond, burst, requestsPerDay };
}

/** Times of the new key. Throws LIMIT_EXCEEDED (`api-keys-limit`). */
export async function createApiKey(
  tx: TenantTransaction,
  ctx: TenantContext,
  { expiresInDays, rate, ...key }: NewApiKey,
): Promise<{ createdAt: Date; expiresAt: Date }> {
  const [live] = await tx
    .select({ keys: count() })
    .from(apiKeys)
    .where(and(eq(apiKeys.tenantId, ctx.tenantId), isNull(apiKeys.revokedAt), gt(apiKeys.expiresAt, sql`now()`)));
  if ((live?.keys ?? 0) >= apiKeyBounds.live) {
    throw new DomainError("LIMIT_EXCEEDED", `A workspace has at most ${apiKeyBounds.live} API keys in use. Revoke one first.`, {
      reason: "api-keys-limit",
    });
  }
  const [row] = await tx
    .insert(apiKeys)
    .values({
      ...key,
      ...rateColumns(rate),
      tenantId: ctx.tenantId,
      createdBy: actorRef(ctx.actor),
      expiresAt: sql`now() + make_interval(days => ${expiresInDays})`,
    })
    .returning({ createdAt: apiKeys.createdAt, expiresAt: apiKeys.expiresAt });
  if (row === undefined) throw new Error("an API key was inserted to nothing");
  await emitAudit(tx, ctx, "api-key.created", key.keyId, { scopes: key.scopes, expiresInDays, rate });
  return row;
}
