import { createHash } from "node:crypto";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { CertificateKind } from "@leasehold/domain/offboarding/certificate";
import { and, desc, eq } from "drizzle-orm";
import type { Pool } from "pg";
import { certificates } from "../../schema/certificates.ts";
import { controlQuery } from "../../with-control.ts";

export interface StoredCertificate {
  certificateId: string;
  kind: CertificateKind;
  keyId: string;
  hash: string;
  /** The canonical bytes that were signed. */
  document: Buffer;
  signature: string;
}

const { certificateId: id, kind, keyId, hash, document, signature, operationId, issuedAt } = certificates;
const stored = { certificateId: id, kind, keyId, hash, document, signature };

/** The certificate with this id, for whoever has the id; undefined when there is none. */
export async function findCertificateById(pool: Pool, certificateId: string): Promise<StoredCertificate | undefined> {
  const capabilityHash = createHash("sha256").update(certificateId).digest("hex");
  const [found] = await controlQuery(pool, { capabilityHash }, (tx) => tx.select(stored).from(certificates).where(eq(id, certificateId)));
  return found;
}

/** What was issued for one operation: at most one of each kind, the newest first. */
export function listCertificatesOf(
  pool: Pool,
  ref: { tenantId: TenantId; operationId: OperationId },
): Promise<(StoredCertificate & { issuedAt: Date })[]> {
  return controlQuery(pool, ref, (tx) =>
    tx
      .select({ ...stored, issuedAt })
      .from(certificates)
      .where(and(eq(certificates.tenantId, ref.tenantId), eq(operationId, ref.operationId)))
      .orderBy(desc(certificates.sequence)),
  );
}
