import { and, desc, eq } from "drizzle-orm";
import type pg from "pg";
import { type WrappedKeyRow, wrappedKeyColumns } from "../data-keys/find-wrapped-key.ts";
import { dataKeys } from "../schema/data-keys.ts";
import { keyringQuery } from "../with-keyring.ts";

/** A version of the key of a tenant's runs, or its newest; undefined when there is none. */
export async function findPayloadKey(pool: pg.Pool, tenantId: string, version: number | "newest"): Promise<WrappedKeyRow | undefined> {
  const [row] = await keyringQuery(pool, tenantId, (tx) =>
    tx
      .select(wrappedKeyColumns)
      .from(dataKeys)
      .where(
        and(
          eq(dataKeys.tenantId, tenantId),
          eq(dataKeys.purpose, "payload"),
          typeof version === "number" ? eq(dataKeys.version, version) : undefined,
        ),
      )
      .orderBy(desc(dataKeys.version))
      .limit(1),
  );
  return row;
}
