import { and, desc, eq } from "drizzle-orm";
import type pg from "pg";
import { dataKeys } from "../schema/data-keys.ts";
import { keyringQuery } from "../with-keyring.ts";

export interface WrappedKeyRow {
  version: number;
  wrapped: Buffer;
  keyArn: string;
}

/** One version of the tenant's wrapped data key, or its newest; undefined when there is none. */
export async function findWrappedKey(pool: pg.Pool, tenantId: string, version: number | "newest"): Promise<WrappedKeyRow | undefined> {
  const { version: column, wrapped, kmsKeyArn: keyArn } = dataKeys;
  const [row] = await keyringQuery(pool, tenantId, (tx) =>
    tx
      .select({ version: column, wrapped, keyArn })
      .from(dataKeys)
      .where(and(eq(dataKeys.tenantId, tenantId), version === "newest" ? undefined : eq(column, version)))
      .orderBy(desc(column))
      .limit(1),
  );
  return row;
}
