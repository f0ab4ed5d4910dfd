import type { ApiKeyRate } from "@leasehold/domain/api-keys";
import type { Scope } from "@leasehold/domain/roles";
import { and, desc, eq, getTableColumns, isNull, lt, or, sql } from "drizzle-orm";
import type pg from "pg";
import { toDomainError } from "../../errors.ts";
import { apiKeys } from "../schema/api-keys.ts";
import type { TenantTransaction } from "../with-tenant.ts";

export interface StoredApiKey {
  secretHash: Buffer;
  scopes: Scope[];
  /** Neither revoked nor expired. */
  live: boolean;
  /** Milliseconds until it expires; negative when it has. */
  liveMs: number;
  lastUsedAt: Date | null;
  /** Its own; undefined where the plan's holds. */
  rate: ApiKeyRate | undefined;
}

/** Keys that were made in the last years stay listed, revoked or not, newest first. */
const listedAtMost = 500;

/** From the tenant's database, in one round trip, whatever state the tenant is in. Undefined when there is no such key, or no such tenant. */
export async function findApiKey(pool: pg.Pool, tenantId: string, keyId: string): Promise<StoredApiKey | undefined> {
  type Row = {
    secret_hash: Buffer;
    scopes: Scope[];
    live: boolean;
    live_ms: number;
    last_used_at: Date | null;
    requests_per_second: number | null;
    burst: number | null;
    requests_per_day: string | null;
  };
  const text = `select secret_hash, scopes, live, live_ms, last_used_at, requests_per_second, burst, requests_per_day from app.read_key($1, $2)`;
  const query = { name: "read-key", text, values: [tenantId, keyId] };
  const { rows } = await pool.query<Row>(query).catch((error: unknown) => Promise.reject(toDomainError(error)));
  const [row] = rows;
  if (row === undefined) return undefined;
  const { secret_hash: secretHash, scopes, live, live_ms: liveMs, last_used_at: lastUsedAt } = row;
  const requestsPerDay = row.requests_per_day === null ? null : Number(row.requests_per_day);
  const rate = readRate({ requestsPerSecond: row.requests_per_second, burst: row.burst, requestsPerDay });
  return { secretHash, scopes, live, liveMs, lastUsedAt, rate };
}

type RateColumns = Pick<typeof apiKeys.$inferSelect, "requestsPerSecond" | "burst" | "requestsPerDay">;

/** A key's own rate; undefined where the plan's holds. */
export function readRate({ requestsPerSecond, burst, requestsPerDay }: RateColumns): ApiKeyRate | undefined {
  if (requestsPerSecond === null || burst === null) return undefined;
  return requestsPerDay === null ? { requestsPerSecond, burst } : { requestsPerSecond, burst, requestsPerDay };
}

export type ApiKeyRow = Omit<typeof apiKeys.$inferSelect, "tenantId" | "secretHash">;

export function listApiKeys(tx: TenantTransaction, tenantId: string): PromiseLike<ApiKeyRow[]> {
  const { tenantId: _, secretHash: __, ...columns } = getTableColumns(apiKeys);
  return tx.select(columns).from(apiKeys).where(eq(apiKeys.tenantId, tenantId)).orderBy(desc(apiKeys.keyId)).limit(listedAtMost);
}

/** Notes that a key was used, at most once a minute however often it is asked. */
export function touchApiKey(tx: TenantTransaction, tenantId: string, keyId: string): PromiseLike<unknown> {
  const { lastUsedAt } = apiKeys;
  return tx
    .update(apiKeys)
    .set({ lastUsedAt: sql`now()` })
    .where(
      and(
        eq(apiKeys.tenantId, tenantId),
        eq(apiKeys.keyId, keyId),
        or(isNull(lastUsedAt), lt(lastUsedAt, sql`now() - interval '1 minute'`)),
      ),
    );
}
