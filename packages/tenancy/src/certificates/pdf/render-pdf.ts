import type { SignedCertificate } from "@leasehold/domain/offboarding/certificate";
import { PDFDocument, PDFHexString, PDFName, PDFString } from "pdf-lib";
import { canonicalBytes } from "../canonical-json.ts";
import { createSheet } from "./sheet.ts";
import { certificateTitles, writeCertificate } from "./write-certificate.ts";

/**
 * The PDF of a certificate, the same bytes every time: built from nothing but the certificate, which is attached to it as
 * `certificate.json`, uncompressed.
 */
export async function renderPdf(certificate: SignedCertificate): Promise<Uint8Array<ArrayBuffer>> {
  const { document } = certificate;
  const issued = new Date(document.issuedAt);
  const pdf = await PDFDocument.create({ updateMetadata: false });
  pdf.setTitle(`${certificateTitles[document.kind].title} ${document.certificateId}`);
  pdf.setProducer(document.format);
  pdf.setCreator("Leasehold");
  pdf.setCreationDate(issued);
  pdf.setModificationDate(issued);
  pdf.setLanguage("en");
  const sheet = await createSheet(pdf);
  writeCertificate(sheet, document);
  sheet.finish(`${document.certificateId}  issued ${document.issuedAt}`);
  attach(pdf, canonicalBytes(certificate));
  return new Uint8Array(await pdf.save({ useObjectStreams: false, addDefaultPage: false, updateFieldAppearances: false }));
}

function attach(pdf: PDFDocument, bytes: Uint8Array): void {
  const { context } = pdf;
  const name = "certificate.json";
  const stream = context.register(
    context.stream(bytes, { Type: "EmbeddedFile", Subtype: "application/json", Params: { Size: bytes.length } }),
  );
  const file = context.register(
    context.obj({
      Type: "Filespec",
      F: PDFString.of(name),
      UF: PDFHexString.fromText(name),
      EF: { F: stream, UF: stream },
      AFRelationship: "Source",
      Desc: PDFString.of("The signed certificate"),
    }),
  );
  pdf.catalog.set(PDFName.of("Names"), context.obj({ EmbeddedFiles: { Names: [PDFHexString.fromText(name), file] } }));
  pdf.catalog.set(PDFName.of("AF"), context.obj([file]));
}
