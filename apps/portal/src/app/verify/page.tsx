import type { Metadata } from "next";
import { PublicFrame, PublicHeading } from "../../components/public-frame.tsx";
import { publishedKeys } from "../../server/certificates/published.ts";
import { services } from "../../server/services.ts";
import { VerifyCertificates } from "./client.tsx";

export const metadata: Metadata = { title: "Verify a certificate" };
export const dynamic = "force-dynamic";

export default async function VerifyPage() {
  const { keys } = await publishedKeys(services());
  return (
    <PublicFrame wide>
      <PublicHeading title="Verify a certificate">
        Your browser does it by itself, also without a network once this page is open: no file leaves your computer.
      </PublicHeading>
      <VerifyCertificates keys={keys} given={[]} />
    </PublicFrame>
  );
}
