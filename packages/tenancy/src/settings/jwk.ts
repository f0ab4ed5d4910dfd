import type { JWK } from "jose";
import { z } from "zod";

/** A setting that holds a key as JSON. `message` says what to set when it does not. */
export function jwkSetting(message: string) {
  return z.string({ error: message }).transform((text, context): JWK & { kty: string } => {
    try {
      return z.object({ kty: z.string() }).loose().parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
  });
}
