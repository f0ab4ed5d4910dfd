import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import type { CertificateDocument } from "@leasehold/domain/offboarding/certificate";
import { and, eq } from "drizzle-orm";
import { certificates } from "../../schema/certificates.ts";
import type { ControlTransaction } from "../../with-control.ts";

/**
 * Adds a signed certificate as the next of the chain; one that was issued for the same operation and kind stays as it is.
 * Throws UNAVAILABLE (`certificate-chain-moved`) when another came first.
 */
export async function appendCertificate(
  tx: ControlTransaction,
  tenantId: TenantId,
  document: CertificateDocument,
  signed: { bytes: Uint8Array; hash: string; signature: string },
): Promise<void> {
  const { certificateId, kind, pseudonym, sequence, previousHash, keyId, issuedAt, operation } = document;
  const row = {
    tenantId,
    certificateId,
    operationId: operation.operationId,
    kind,
    pseudonym,
    sequence,
    previousHash,
    hash: signed.hash,
    keyId,
    document: Buffer.from(signed.bytes),
    signature: signed.signature,
    issuedAt: new Date(issuedAt),
  };
  const added = await tx.insert(certificates).values(row).onConflictDoNothing().returning({ hash: certificates.hash });
  if (added.length === 1) return;
  const ofTenant = eq(certificates.tenantId, tenantId);
  const earlier = await tx
    .select({ hash: certificates.hash })
    .from(certificates)
    .where(and(ofTenant, eq(certificates.operationId, operation.operationId), eq(certificates.kind, kind)));
  if (earlier.length === 1) return;
  throw new DomainError("UNAVAILABLE", "Another certificate was issued meanwhile. Try again.", {
    reason: "certificate-chain-moved",
    retryAfterSeconds: 1,
  });
}
