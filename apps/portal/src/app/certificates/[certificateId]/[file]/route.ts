import { newId } from "@leasehold/domain/ids";
import { renderPdf } from "@leasehold/tenancy/certificates/pdf/render-pdf";
import { signedCertificateOf, signedFile } from "@leasehold/tenancy/certificates/signed-file";
import { observeRoute } from "@leasehold/tenancy/telemetry/observe-route";
import { publishedCertificate } from "../../../../server/certificates/published.ts";
import { services } from "../../../../server/services.ts";

export const dynamic = "force-dynamic";

const types: Record<string, string> = { "certificate.json": "application/json", "certificate.pdf": "application/pdf" };

/** A certificate's file, for whoever has its id: exactly as it was signed, or the PDF that it gives. */
export function GET(_request: Request, { params }: { params: Promise<{ certificateId: string; file: string }> }): Promise<Response> {
  const request = { requestId: newId("request"), operation: "certificates.file", logger: services().logger };
  return observeRoute(request, async () => answerFile(await params));
}

async function answerFile({ certificateId, file }: { certificateId: string; file: string }): Promise<Response> {
  const type = types[file];
  const stored = type === undefined ? undefined : await publishedCertificate(services(), certificateId);
  if (type === undefined || stored === undefined) return new Response("There is no such certificate.\n", { status: 404 });
  const body = file === "certificate.pdf" ? await renderPdf(signedCertificateOf(stored)) : signedFile(stored);
  return new Response(body, {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="${stored.certificateId}.${file.split(".").at(-1)}"`,
      "cache-control": "private, no-store",
    },
  });
}
