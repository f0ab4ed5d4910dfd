import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

export const canaryPaths = ["kms", "keyring", "epoch"] as const;
export type CanaryPath = (typeof canaryPaths)[number];

/** A ciphertext that opened before the keys were destroyed. */
export interface Canary {
  path: CanaryPath;
  /** What opened it: a key's ARN, a version of the tenant's payload key, or a pool and its epoch. */
  opener: string;
  ciphertext: Buffer;
  /** Hexadecimal, of what it opened to. */
  sha256: string;
}

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

/** Idempotent by path and opener: the first one stays. */
export async function keepCanary(pool: pg.Pool, { tenantId, operationId }: Ref, canary: Canary): Promise<void> {
  const { path, opener, ciphertext, sha256 } = canary;
  await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute(sql`
      insert into control.shredding_canaries (tenant_id, operation_id, path, opener, ciphertext, sha256)
      values (${tenantId}, ${operationId}, ${path}, ${opener}, ${ciphertext}, ${sha256}) on conflict do nothing`),
  );
}

export async function listCanaries(pool: pg.Pool, { tenantId, operationId }: Ref): Promise<Canary[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<Canary & Record<string, unknown>>(sql`
      select path, opener, ciphertext, sha256 from control.shredding_canaries
      where tenant_id = ${tenantId} and operation_id = ${operationId} order by path, opener`),
  );
  return rows;
}
