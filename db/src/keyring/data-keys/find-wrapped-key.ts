import { and, asc, desc, eq } from "drizzle-orm";
import type pg from "pg";
import { dataKeys, type KeyPurpose } from "../schema/data-keys.ts";
import { keyringQuery } from "../with-keyring.ts";

/** A version of the tenant's data key, its newest, or the key of its index. */
export type KeyVersion = number | "newest" | "index";

export interface WrappedKeyRow {
  purpose: KeyPurpose;
  version: number;
  wrapped: Buffer;
  keyArn: string;
  /** The purpose that KMS authenticates with it. */
  sealedAs: KeyPurpose;
  /** The KMS key is the customer's, to switch off at will. */
  customerManaged: boolean;
  createdAt: Date;
}

const { purpose, version: versionColumn, wrapped, kmsKeyArn: keyArn, sealedAs, customerManaged, createdAt } = dataKeys;
export const wrappedKeyColumns = { purpose, version: versionColumn, wrapped, keyArn, sealedAs, customerManaged, createdAt };

/** One of the tenant's wrapped keys; undefined when there is none. */
export async function findWrappedKey(pool: pg.Pool, tenantId: string, version: KeyVersion): Promise<WrappedKeyRow | undefined> {
  const [row] = await keyringQuery(pool, tenantId, (tx) =>
    tx
      .select(wrappedKeyColumns)
      .from(dataKeys)
      .where(
        and(
          eq(dataKeys.tenantId, tenantId),
          eq(purpose, version === "index" ? "index" : "data"),
          typeof version === "number" ? eq(versionColumn, version) : undefined,
        ),
      )
      .orderBy(desc(versionColumn))
      .limit(1),
  );
  return row;
}

/** All of the tenant's wrapped keys, of every purpose, oldest first. */
export function listWrappedKeys(pool: pg.Pool, tenantId: string): Promise<WrappedKeyRow[]> {
  return keyringQuery(pool, tenantId, (tx) =>
    tx.select(wrappedKeyColumns).from(dataKeys).where(eq(dataKeys.tenantId, tenantId)).orderBy(asc(purpose), asc(versionColumn)),
  );
}
