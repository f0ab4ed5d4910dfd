import { DomainError } from "@leasehold/domain/errors";
import { and, asc, eq, isNull, ne, sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../../cross-tenants.ts";
import { certificateHead, certificateKeys } from "../../schema/certificates.ts";
import { controlQuery, withControl } from "../../with-control.ts";

export interface PublishedKey {
  keyId: string;
  publicKey: Buffer;
  since: Date;
  retiredAt: Date | null;
}

export interface ChainHead {
  sequence: number;
  hash: string | null;
}

/** Every key that ever signed, oldest first, and the end of the chain. For everybody to see. */
export async function listCertificateKeys(pool: Pool): Promise<{ keys: PublishedKey[]; head: ChainHead }> {
  const { keyId, publicKey, since, retiredAt } = certificateKeys;
  return crossTenants("certificate-chain", () =>
    withControl(pool, {}, async (tx) => {
      const keys = await tx.select({ keyId, publicKey, since, retiredAt }).from(certificateKeys).orderBy(asc(since), asc(keyId));
      const [head] = await tx.select({ sequence: certificateHead.sequence, hash: certificateHead.hash }).from(certificateHead);
      return { keys, head: head ?? { sequence: 0, hash: null } };
    }),
  );
}

/**
 * Makes this the key in use, and retires the one before it. The same again changes nothing. Throws PRECONDITION_FAILED for a key that
 * was retired: it does not come back.
 */
export async function publishCertificateKey(pool: Pool, key: { keyId: string; publicKey: Uint8Array; kmsKeyArn: string }): Promise<Date> {
  const { keyId, kmsKeyArn } = key;
  return crossTenants("certificate-chain", () =>
    withControl(pool, {}, async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('certificate-keys', 0))`);
      await tx
        .update(certificateKeys)
        .set({ retiredAt: sql`clock_timestamp()` })
        .where(and(isNull(certificateKeys.retiredAt), ne(certificateKeys.keyId, keyId)));
      await tx.execute(sql`
        insert into control.certificate_keys (key_id, public_key, kms_key_arn)
        values (${keyId}, ${Buffer.from(key.publicKey)}, ${kmsKeyArn}) on conflict (key_id) do nothing`);
      const [stored] = await tx.select().from(certificateKeys).where(eq(certificateKeys.keyId, keyId));
      if (stored?.retiredAt === null) return stored.since;
      throw new DomainError("PRECONDITION_FAILED", "The signing key was retired: a retired key does not sign again.", {
        reason: "certificate-key-retired",
      });
    }),
  );
}

/** What the next certificate follows, and the time that it is issued at: the database's, and never before the one before it. */
export async function readChainHead(pool: Pool): Promise<ChainHead & { now: Date }> {
  const { rows } = await crossTenants("certificate-chain", () =>
    controlQuery(pool, {}, (tx) =>
      tx.execute<{ sequence: string; hash: string | null; now: string }>(sql`
        select h.sequence, h.hash, date_trunc('milliseconds', greatest(clock_timestamp(), h.issued_at)) as now from control.certificate_head h`),
    ),
  );
  const row = rows[0];
  if (row === undefined) throw new Error("the chain of certificates has no head");
  return { sequence: Number(row.sequence), hash: row.hash, now: new Date(row.now) };
}
