import { listCertificateKeys } from "@leasehold/db/control/offboarding/certificates/certificate-keys";
import { findCertificateById, type StoredCertificate } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import { isId } from "@leasehold/domain/ids";
import { type CertificateKey, certificateAlgorithm } from "@leasehold/domain/offboarding/certificate";
import { toBase64Url } from "@leasehold/tenancy/certificates/bytes";
import type { Services } from "../services.ts";

/** The list that everybody verifies with: every key that ever signed, and the end of the chain. */
export async function publishedKeys({ control }: Pick<Services, "control">): Promise<{
  keys: CertificateKey[];
  head: { sequence: number; hash: string | null };
}> {
  const { keys, head } = await listCertificateKeys(control);
  return {
    keys: keys.map(({ keyId, publicKey, since, retiredAt }) => ({
      keyId,
      algorithm: certificateAlgorithm,
      publicKey: toBase64Url(publicKey),
      since: since.toISOString(),
      retiredAt: retiredAt?.toISOString() ?? null,
    })),
    head,
  };
}

/** The certificate with this id, for whoever has it. Undefined for anything else. */
export async function publishedCertificate({ control }: Pick<Services, "control">, id: string): Promise<StoredCertificate | undefined> {
  return isId("certificate", id) ? findCertificateById(control, id) : undefined;
}
