/** Hashes that stand for what a certificate does not name. Who has the audit log can make them again; nobody can turn them back. */

async function hashOf(...parts: string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An actor of the audit log (`user:usr_…`) within one operation: `user:` and half of a SHA-256. Another operation's is another. */
export async function pseudonymOfActor(operationId: string, actor: string): Promise<string> {
  const [type = "system"] = actor.split(":");
  return `${type}:${(await hashOf("leasehold/actor/1", operationId, actor)).slice(0, 32)}`;
}

/** A legal hold's case number, salted with the hold's id, which nobody guesses. */
export function hashOfCase(holdId: string, caseNumber: string): Promise<string> {
  return hashOf("leasehold/case/1", holdId, caseNumber);
}
