import type { CodeMutation } from "./code-mutations.ts";

/** Checks of certificates and of erasures. */
export const certificateMutations: readonly CodeMutation[] = [
  {
    id: "a certificate without its signature's check",
    file: "packages/tenancy/src/certificates/verify-certificate.ts",
    text: "if (!(await isSignedBy(key, bytes, signature.value)))",
    replacement: "if (!(await isSignedBy(key, bytes, signature.value)) && bytes.length === 0)",
    tests: { file: "unit/certificates", name: "each way of being wrong" },
  },
  {
    id: "a certificate that is read as it is written",
    file: "packages/tenancy/src/certificates/canonical-json.ts",
    text: "return canonicalJson(value) === text ? { value } : undefined;",
    replacement: "return { value };",
    tests: { file: "unit/certificates", name: "each way of being wrong" },
  },
  {
    id: "a certificate's key by its name alone",
    file: "packages/tenancy/src/certificates/verify-certificate.ts",
    text: " || (await keyIdOf(spki)) !== key.keyId",
    replacement: "",
    tests: { file: "unit/certificates", name: "each way of being wrong" },
  },
  {
    id: "a PDF's pages are not compared",
    file: "packages/tenancy/src/certificates/verify-certificate.ts",
    text: "sameBytes(await render(verdict.certificate), file)",
    replacement: "sameBytes(await render(verdict.certificate), await render(verdict.certificate))",
    tests: { file: "unit/certificates", name: "another inside" },
  },
  {
    id: "certificates' chain is not compared",
    file: "packages/tenancy/src/certificates/verify-links.ts",
    text: "return after.previousHash === one.hash",
    replacement: "return after.sequence > before.sequence",
    tests: { file: "unit/certificates", name: "links hold" },
  },
  {
    id: "a certificate over evidence that contradicts it",
    file: "packages/domain/src/offboarding/assemble-certificate.ts",
    text: "if (problems.length > 0) {",
    replacement: "if (problems.length > 1_000) {",
    tests: { file: "integration/certificates.test", name: "nothing is signed over" },
  },
  {
    id: "an erasure under a legal hold",
    file: "db/src/control/offboarding/erasure/read-erasure.ts",
    text: "  if (rowCount !== 0)",
    replacement: "  if (rowCount === -1)",
    tests: { file: "integration/person-erasure", name: "legal hold" },
  },
];
