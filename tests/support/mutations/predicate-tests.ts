import type { CodeMutation } from "./code-mutations.ts";

/** Each row of the application beside another tenant's of the same ids, without policies. */
const statements: CodeMutation["tests"] = { file: "isolation/statements" };
/** The statements as they are written. */
const written: CodeMutation["tests"] = { file: "unit/tenant-scope", name: "each comparison" };

/** Which tests notice that a statement forgets its tenant, by the beginning of its file's path in db/src. */
export const noticedBy: Record<string, CodeMutation["tests"]> = {
  "application/": statements,
  "keyring/": written,
  "control/": written,
};

/** Predicates that no test can miss, and why. That row-level security keeps them by itself is no reason. */
export const exemptPredicates: Record<string, string> = {};
