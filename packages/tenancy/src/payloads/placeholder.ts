import { UnreadableError } from "../keys/unreadable.ts";
import type { Payload } from "./payload.ts";
import { PayloadKeyMissingError } from "./payload-keys.ts";

/** What is shown in a payload's place. `shredded`: its key is gone. `key unavailable`: it could not be had now. `refused`: it is not what was sealed. */
export const placeholders = { shredded: "[shredded]", unavailable: "[key unavailable]", refused: "[refused]" } as const;
export type PlaceholderKind = keyof typeof placeholders;

export function placeholderKindOf(error: unknown): PlaceholderKind {
  if (error instanceof PayloadKeyMissingError) return "shredded";
  return error instanceof UnreadableError ? "refused" : "unavailable";
}

/** A payload that says why there is none. */
export function placeholderFor(error: unknown): Payload {
  const text = placeholders[placeholderKindOf(error)];
  return { metadata: { encoding: Buffer.from("json/plain") }, data: Buffer.from(JSON.stringify(text)) };
}
