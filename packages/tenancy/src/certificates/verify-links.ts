import type { CertificateDocument } from "@leasehold/domain/offboarding/certificate";
import type { VerifiedCertificate } from "./verify-certificate.ts";

/** What two certificates say about each other. `holds` is false when they contradict each other. */
export interface CertificateLink {
  kind: "chain" | "finality";
  from: string;
  to: string;
  holds: boolean;
  message: string;
}

/**
 * How certificates that were verified one by one belong together: neighbours in the deployment's chain, and a second stamp with
 * the first that it names. What is not given is not looked for.
 */
export function verifyLinks(certificates: readonly VerifiedCertificate[]): CertificateLink[] {
  const inOrder = certificates.toSorted((one, other) => one.certificate.document.sequence - other.certificate.document.sequence);
  return [
    ...inOrder.flatMap((one, index) => chainLink(one, inOrder[index + 1])),
    ...certificates.flatMap((one) => stampLink(one, certificates)),
  ];
}

function chainLink(one: VerifiedCertificate, next: VerifiedCertificate | undefined): CertificateLink[] {
  if (next === undefined) return [];
  const { document: before } = one.certificate;
  const { document: after } = next.certificate;
  const ends = { kind: "chain", from: before.certificateId, to: after.certificateId } as const;
  if (before.certificateId === after.certificateId && one.hash === next.hash) return [];
  if (before.sequence === after.sequence)
    return [{ ...ends, holds: false, message: `Both have place ${before.sequence} in the chain: one chain has one of them.` }];
  if (before.sequence + 1 !== after.sequence) return [];
  return after.previousHash === one.hash
    ? [{ ...ends, holds: true, message: `Place ${after.sequence} follows place ${before.sequence}: its hash is the one that is named.` }]
    : [{ ...ends, holds: false, message: `Place ${after.sequence} names another certificate as place ${before.sequence}.` }];
}

function stampLink(second: VerifiedCertificate, certificates: readonly VerifiedCertificate[]): CertificateLink[] {
  const { document } = second.certificate;
  if (document.closure === null) return [];
  const { certificateId, hash } = document.closure;
  const first = certificates.find(({ certificate }) => certificate.document.certificateId === certificateId);
  if (first === undefined) return [];
  const problem = contradiction(first.certificate.document, document) ?? (first.hash === hash ? undefined : "its hash is another one");
  return [
    {
      kind: "finality",
      from: certificateId,
      to: document.certificateId,
      holds: problem === undefined,
      message:
        problem === undefined ? "The second stamp completes this first stamp." : `The second stamp is not of this first stamp: ${problem}.`,
    },
  ];
}

function contradiction(first: CertificateDocument, second: CertificateDocument): string | undefined {
  if (first.kind !== "closure" || second.kind !== "finality") return "it is of another kind";
  if (first.pseudonym !== second.pseudonym) return "it is about other data";
  if (first.operation.operationId !== second.operation.operationId) return "it is of another operation";
  if (first.sequence >= second.sequence || Date.parse(first.issuedAt) > Date.parse(second.issuedAt)) return "it is not the earlier one";
  return undefined;
}
