import type { CodeMutation } from "./code-mutations.ts";

const predicates = (name: string): CodeMutation["tests"] => ({ file: "isolation/predicates", name });
const statements: CodeMutation["tests"] = { file: "isolation/statements" };

/** Which tests notice that a statement forgets its tenant, by the beginning of its file's path in db/src; all that run without policies unless told. */
export const noticedBy: Record<string, CodeMutation["tests"]> = {
  "application/": statements,
  "keyring/": predicates("application (documents|keys)"),
  "control/members/": predicates("portal (members|workspace)"),
  "control/invitations/": predicates("portal members"),
  "control/keys/": predicates("portal keys"),
};

/** Predicates that no test can miss, and why. That row-level security keeps them by itself is no reason. */
export const exemptPredicates: Record<string, string> = {};
