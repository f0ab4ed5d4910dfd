import type { CertificateKey } from "@leasehold/domain/offboarding/certificate";
import { certificateKeysSchema } from "./certificate-schema.ts";
import { type CertificateVerdict, refuse, type VerifiedCertificate, verifyCertificate } from "./verify-certificate.ts";
import { type CertificateLink, verifyLinks } from "./verify-links.ts";

export interface CertificateFile {
  name: string;
  bytes: Uint8Array;
}

export interface FilesVerdict {
  files: { name: string; verdict: CertificateVerdict }[];
  /** What certificates that hold say about each other. */
  links: CertificateLink[];
  holds: boolean;
}

/** Reads the published list. Throws Error for anything else. */
export function readCertificateKeys(text: string): CertificateKey[] {
  const parsed = certificateKeysSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error("This is not a list of certificates' keys.");
  return parsed.data.keys;
}

/** Verifies files one by one, and how they belong together. Everything has to hold for `holds`. */
export async function verifyFiles(files: readonly CertificateFile[], keys: readonly CertificateKey[]): Promise<FilesVerdict> {
  const verdicts = await Promise.all(
    files.map(async ({ name, bytes }) => ({
      name,
      verdict: await verifyCertificate(bytes, keys).catch(() => refuse("not-a-certificate")),
    })),
  );
  const valid = verdicts.flatMap(({ verdict }): VerifiedCertificate[] => (verdict.valid ? [verdict] : []));
  const links = verifyLinks(valid);
  return { files: verdicts, links, holds: valid.length === files.length && links.every(({ holds }) => holds) };
}
