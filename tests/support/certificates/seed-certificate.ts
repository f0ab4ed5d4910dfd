import { createHash } from "node:crypto";
import { newId } from "@leasehold/domain/ids";
import type pg from "pg";

/** The row of a certificate that is the next of the chain, under a key that is in no KMS. */
export async function nextCertificate(owner: pg.Client | pg.PoolClient, of: { tenant_id: string; operation_id: string }): Promise<object> {
  const publicKey = Buffer.from("a public key");
  const keyId = createHash("sha256").update(publicKey).digest("hex");
  await owner.query(
    "insert into control.certificate_keys (key_id, public_key, kms_key_arn) values ($1, $2, 'k') on conflict (key_id) do nothing",
    [keyId, publicKey],
  );
  const { rows } = await owner.query<{ sequence: string; hash: string | null }>("select sequence, hash from control.certificate_head");
  const sequence = Number(rows[0]?.sequence ?? 0) + 1;
  const previousHash = rows[0]?.hash ?? null;
  const certificateId = newId("certificate");
  const pseudonym = newId("pseudonym");
  const issuedAt = new Date().toISOString();
  const said = {
    certificateId,
    kind: "closure",
    pseudonym,
    sequence,
    previousHash,
    keyId,
    issuedAt,
    operation: { operationId: of.operation_id },
  };
  const document = Buffer.from(JSON.stringify(said));
  return {
    ...of,
    certificate_id: certificateId,
    kind: "closure",
    pseudonym,
    sequence,
    previous_hash: previousHash,
    hash: createHash("sha256").update(document).digest("hex"),
    key_id: keyId,
    document: `\\x${document.toString("hex")}`,
    signature: "s",
    issued_at: issuedAt,
  };
}
