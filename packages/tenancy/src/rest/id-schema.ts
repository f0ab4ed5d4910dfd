import { type IdKind, idPrefixes } from "@leasehold/domain/ids";
import { z } from "zod";

/** An id of one kind, with its pattern, so that the interface's description says what it looks like. `what` is its noun. */
export function idSchema(kind: IdKind, what: string): z.ZodString {
  const pattern = new RegExp(`^${idPrefixes[kind]}_[0-9A-HJKMNP-TV-Z]{26}$`);
  return z.string().regex(pattern, `It is not the id of ${what}.`);
}
