import { signedFile } from "@leasehold/tenancy/certificates/signed-file";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PublicFrame, PublicHeading } from "../../../components/public-frame.tsx";
import { publishedCertificate, publishedKeys } from "../../../server/certificates/published.ts";
import { services } from "../../../server/services.ts";
import { VerifyCertificates } from "../../verify/client.tsx";

export const metadata: Metadata = { title: "Certificate", referrer: "no-referrer", robots: "noindex" };
export const dynamic = "force-dynamic";

export default async function CertificatePage({ params }: { params: Promise<{ certificateId: string }> }) {
  const stored = await publishedCertificate(services(), (await params).certificateId);
  if (stored === undefined) notFound();
  const { keys } = await publishedKeys(services());
  const name = `${stored.certificateId}.json`;
  return (
    <PublicFrame wide>
      <PublicHeading title="Certificate of erasure">
        Your browser verifies it here, with the published keys. Add its other stamp or its PDF to verify them together.
      </PublicHeading>
      <VerifyCertificates keys={keys} given={[{ name, text: new TextDecoder().decode(signedFile(stored)) }]} />
    </PublicFrame>
  );
}
