import { isStorable } from "@leasehold/domain/storable";
import { TRPCError } from "@trpc/server";
import { ZodRealError } from "zod";

/**
 * For the middleware under every procedure, before its schema: what no column can keep is the caller's mistake wherever it stands in an
 * input, a filter and an id as well as a name.
 * @throws TRPCError BAD_REQUEST whose ZodError names the field; as a domain error VALIDATION.
 */
export function refuseUnstorable(input: unknown): void {
  const found = findUnstorable(input);
  if (found === undefined) return;
  const message = "It has a character that cannot be stored: U+0000, or half of a character. Leave it out.";
  throw new TRPCError({
    code: "BAD_REQUEST",
    message: "The input is not valid.",
    cause: new ZodRealError([{ code: "custom", path: found, message, input: undefined }]),
  });
}

interface Place {
  value: unknown;
  name: string;
  within: Place | undefined;
}

/** Without recursion: an input of many levels must not end the stack. A member whose name is at fault is named by what holds it. */
function findUnstorable(input: unknown): string[] | undefined {
  const open: Place[] = [{ value: input, name: "", within: undefined }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value } = place;
    if (typeof value === "string" && !isStorable(value)) return pathOf(place);
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) continue;
    const members = value instanceof Map || value instanceof Set ? [...value] : value;
    for (const [name, member] of Object.entries(members)) {
      if (!isStorable(name)) return pathOf(place);
      open.push({ value: member, name, within: place });
    }
  }
  return undefined;
}

function pathOf(place: Place): string[] {
  const path: string[] = [];
  for (let at = place; at.within !== undefined; at = at.within) path.unshift(at.name);
  return path;
}
