import { DomainError } from "@leasehold/domain/errors";
import { dictionary } from "@zxcvbn-ts/language-common";

/**
 * NIST SP 800-63B-4, 3.1.1.2: at least 15 characters where the password is the only factor, which it is for who has turned no other on; at least 64
 * must be allowed; no rules of composition, no expiry. The upper bound keeps hashing cheap to refuse.
 */
export const passwordLength = { min: 15, max: 128 } as const;

// The list is shipped with the pinned version of the package, so that a check needs no network and two builds agree.
let breached: Set<string> | undefined;

function isBreached(text: string): boolean {
  breached ??= new Set(dictionary["passwords-common"]);
  return breached.has(text);
}

const leftovers = 8;

/** Why a password cannot be used, in words for the person who chose it; undefined when it can. `context` is their own words. */
export function passwordProblem(password: string, context: readonly string[] = []): { reason: string; message: string } | undefined {
  const length = [...password].length;
  if (length < passwordLength.min)
    return {
      reason: "password-short",
      message: `Use at least ${passwordLength.min} characters. A few unrelated words are easy to remember.`,
    };
  if (length > passwordLength.max) return { reason: "password-long", message: `Use at most ${passwordLength.max} characters.` };
  const plain = password.normalize("NFKC").toLowerCase();
  const core = plain.replace(/[^\p{L}]+$/u, "");
  if (isBreached(plain) || isBreached(core) || isBreached(unit(plain)) || unit(plain).length < 4)
    return { reason: "password-breached", message: "This password is in lists of stolen passwords. Choose another." };
  let rest = plain;
  for (const word of contextWords(context)) rest = rest.replaceAll(word, "");
  if (rest !== plain && rest.replace(/[^\p{L}\p{N}]/gu, "").length < leftovers)
    return { reason: "password-context", message: "Do not build the password from your e-mail address or your organization's name." };
  return undefined;
}

/** @throws DomainError VALIDATION on `field`. */
export function checkPassword(password: string, context: readonly string[], field = "password"): void {
  const problem = passwordProblem(password, context);
  if (problem) throw new DomainError("VALIDATION", problem.message, { field, reason: problem.reason });
}

function contextWords(context: readonly string[]): string[] {
  const words = ["leasehold", ...context].flatMap((text) => {
    const lower = text.normalize("NFKC").toLowerCase();
    return [lower, lower.replace(/[^\p{L}\p{N}]/gu, ""), ...lower.split(/[^\p{L}\p{N}]+/u)];
  });
  return [...new Set(words)].filter((word) => word.length >= 4).sort((a, b) => b.length - a.length);
}

/** The shortest text that gives `text` when repeated: `abcabcabc` is `abc`. */
function unit(text: string): string {
  const at = `${text}${text}`.indexOf(text, 1);
  return text.slice(0, at);
}
