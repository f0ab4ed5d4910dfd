import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { CertificateDocument } from "@leasehold/domain/offboarding/certificate";
import { readCertificateKeys, verifyFiles } from "./verify-files.ts";

const usage = `pnpm certificate:verify <certificate.json|certificate.pdf>… [--keys keys.json]

Needs no network. The keys are the issuer's published list (/certificates/keys.json), keys.json in this folder unless told.
Exit code 0: everything holds. 1: something does not. 2: it could not be looked at.`;

function describe({ certificateId, kind, pseudonym, issuedAt, sequence, proves, doesNotProve, notChecked }: CertificateDocument): string {
  return [
    `  ${certificateId}: ${kind} of ${pseudonym}, issued ${issuedAt}, place ${sequence} in the chain`,
    "  It proves:",
    ...proves.map((text) => `    - ${text}`),
    "  It does not prove:",
    ...doesNotProve.map((text) => `    - ${text}`),
    ...notChecked.map(({ label, reason }) => `  Not checked: ${label}. ${reason}`),
  ].join("\n");
}

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { keys: { type: "string", default: "keys.json" } } });
  const paths = positionals.filter((argument) => argument !== "--");
  if (paths.length === 0) throw new Error(usage);
  const keys = readCertificateKeys(readFileSync(values.keys, "utf8"));
  const verdict = await verifyFiles(
    paths.map((path) => ({ name: basename(path), bytes: new Uint8Array(readFileSync(path)) })),
    keys,
  );
  for (const { name, verdict: of } of verdict.files) {
    console.log(of.valid ? `${name}: holds (${of.file}, SHA-256 ${of.hash})` : `${name}: REFUSED, ${of.reason}: ${of.message}`);
    if (of.valid) console.log(describe(of.certificate.document));
  }
  for (const { kind, holds, message } of verdict.links) console.log(`${kind}: ${holds ? "holds" : "REFUSED"}: ${message}`);
  process.exitCode = verdict.holds ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
