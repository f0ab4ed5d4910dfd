import { z } from "zod";

// Letters that turn the reading direction, and marks that nobody sees: what one reads would not be what is there.
const hidden = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;
// The name stands in mails to people who did not ask for it: it may not carry them elsewhere.
const address = /:\/\/|\bwww\.|(^|[\s("'])[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*\.\p{L}{2,}(:\d+)?\//iu;

/** What people may call their organization. */
export const organizationName = z
  .string()
  .trim()
  .min(2, "Use at least 2 characters.")
  .max(80, "Use at most 80 characters.")
  .refine((name) => !hidden.test(name), "Leave out characters that cannot be seen.")
  .refine((name) => !address.test(name), "Leave out web addresses.");
