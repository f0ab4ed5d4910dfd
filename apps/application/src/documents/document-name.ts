import { DomainError } from "@leasehold/domain/errors";
import { z } from "zod";

const longest = 200;

/** A name as people type it: one line, without separators of paths, in composed form. */
export const nameSchema = z
  .string()
  .transform((name) => name.normalize("NFC").trim())
  .refine((name) => name.length > 0, "Give it a name.")
  .refine((name) => [...name].length <= longest, `Use at most ${longest} characters.`)
  .refine(
    (name) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069/\\]/u.test(name),
    "Names hold no slashes and no control characters.",
  )
  .refine((name) => name !== "." && name !== "..", "Choose another name.");

/** For what does not come through tRPC. Throws VALIDATION. */
export function readName(value: unknown): string {
  const parsed = nameSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DomainError("VALIDATION", `name: ${parsed.error.issues[0]?.message ?? "Give it a name."}`, { field: "name" });
}
