import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { and, eq, lt, sql } from "drizzle-orm";
import { idempotencyKeys } from "../schema/idempotency.ts";
import type { TenantTransaction } from "../with-tenant.ts";

/** How long a caller may ask again, in hours. */
export const answerKeptHours = 24;

export type Claim = { outcome: "claimed" } | { outcome: "answered"; sealed: Buffer };

/**
 * Claims an idempotency key for this transaction, waiting for another one that has it. `answered`: an earlier request was
 * answered under it. Undone with the transaction.
 */
export async function claimKey(tx: TenantTransaction, ctx: TenantContext, keyHash: Buffer): Promise<Claim> {
  const expiresAt = sql`now() + make_interval(hours => ${answerKeptHours})`;
  const target = [idempotencyKeys.tenantId, idempotencyKeys.actor, idempotencyKeys.keyHash];
  const claimed = await tx
    .insert(idempotencyKeys)
    .values({ tenantId: ctx.tenantId, actor: actorRef(ctx.actor), keyHash, expiresAt })
    .onConflictDoUpdate({
      target,
      set: { sealed: null, createdAt: sql`now()`, expiresAt },
      setWhere: lt(idempotencyKeys.expiresAt, sql`now()`),
    })
    .returning({ keyHash: idempotencyKeys.keyHash });
  if (claimed.length === 1) return { outcome: "claimed" };
  const [found] = await tx.select({ sealed: idempotencyKeys.sealed }).from(idempotencyKeys).where(isKey(ctx, keyHash));
  if (!found?.sealed) throw new Error("an idempotency key is taken and holds no answer");
  return { outcome: "answered", sealed: found.sealed };
}

/** Keeps the answer under the key that this transaction claimed. */
export async function keepAnswer(tx: TenantTransaction, ctx: TenantContext, keyHash: Buffer, sealed: Buffer): Promise<void> {
  await tx.update(idempotencyKeys).set({ sealed }).where(isKey(ctx, keyHash));
}

/** Removes a tenant's answers that nobody may ask for any more. */
export function sweepAnswers(tx: TenantTransaction, tenantId: string): PromiseLike<unknown> {
  return tx.delete(idempotencyKeys).where(and(eq(idempotencyKeys.tenantId, tenantId), lt(idempotencyKeys.expiresAt, sql`now()`)));
}

function isKey(ctx: TenantContext, keyHash: Buffer) {
  return and(
    eq(idempotencyKeys.tenantId, ctx.tenantId),
    eq(idempotencyKeys.actor, actorRef(ctx.actor)),
    eq(idempotencyKeys.keyHash, keyHash),
  );
}
