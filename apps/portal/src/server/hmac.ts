import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A keyed hash of `text`, for one purpose; base64url. */
export function keyed(secret: string, purpose: string, text: string): string {
  return createHmac("sha256", secret).update(`${purpose}:${text}`).digest("base64url");
}

/** SHA-256, hex: how secrets that people carry are kept. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));
}
