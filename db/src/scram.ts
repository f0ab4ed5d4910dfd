import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** Iterations of PostgreSQL's own default (`scram_iterations`). */
const iterations = 4096;

/**
 * The SCRAM-SHA-256 verifier of a password, as PostgreSQL keeps it: the password itself never reaches the server or its
 * statement log. Passwords are expected to be ASCII, as generated ones are.
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
