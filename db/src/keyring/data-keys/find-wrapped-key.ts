import { and, asc, desc, eq, sql } from "drizzle-orm";
import type pg from "pg";
import type { Transaction } from "../../transaction.ts";
import { dataKeys, type KeyPurpose } from "../schema/data-keys.ts";
import { epochs } from "../schema/epochs.ts";
import { keyringQuery } from "../with-keyring.ts";

/** A version of the tenant's data key, its newest, or the key of its index. */
export type KeyVersion = number | "newest" | "index";

/** The branch key of an epoch, as the keyring has it. */
export interface WrappedBranchKey {
  pool: string;
  epoch: number;
  /** Null once the epoch is retired: nothing opens it any more. */
  wrapped: Buffer | null;
  keyArn: string;
}

export interface WrappedKeyRow {
  purpose: KeyPurpose;
  version: number;
  wrapped: Buffer;
  /** ARN of the KMS key that it is under, or `epoch:<pool>`. */
  keyArn: string;
  /** The epoch that it is under; null where KMS wraps it. */
  epoch: number | null;
  /** What the epoch's keys are under; null where KMS wraps it. */
  branch: WrappedBranchKey | null;
  /** The purpose that is authenticated with it. */
  sealedAs: KeyPurpose;
  /** The KMS key is the customer's, to switch off at will. */
  customerManaged: boolean;
  createdAt: Date;
}

const { purpose, version: versionColumn, wrapped, kmsKeyArn: keyArn, epoch, sealedAs, customerManaged, createdAt } = dataKeys;
const branch = { pool: epochs.pool, epoch: epochs.epoch, wrapped: epochs.branchKey, keyArn: epochs.kmsKeyArn };
const columns = { purpose, version: versionColumn, wrapped, keyArn, epoch, branch, sealedAs, customerManaged, createdAt };
const itsEpoch = and(eq(keyArn, sql`'epoch:' || ${epochs.pool}`), eq(epoch, epochs.epoch));

/** Wrapped keys, each with the branch key that it is under: a `where` on the tenant follows. */
export function selectWrappedKeys(tx: Transaction) {
  return tx.select(columns).from(dataKeys).leftJoin(epochs, itsEpoch);
}

/** One of the tenant's wrapped keys; undefined when there is none. */
export async function findWrappedKey(pool: pg.Pool, tenantId: string, version: KeyVersion): Promise<WrappedKeyRow | undefined> {
  const [row] = await keyringQuery(pool, tenantId, (tx) =>
    selectWrappedKeys(tx)
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
    selectWrappedKeys(tx).where(eq(dataKeys.tenantId, tenantId)).orderBy(asc(purpose), asc(versionColumn)),
  );
}
