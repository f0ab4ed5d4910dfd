import { type IdKind, idPrefixes, newId } from "@leasehold/domain/ids";
import type { ZodType } from "zod";

const kinds = Object.keys(idPrefixes) as IdKind[];
const named = /(?:^|[a-z])Ids?$|^ids?$|^slug$/;
const wrappers = ["optional", "nullable", "default", "prefault", "nonoptional", "readonly", "catch"];
/** Of these no value names anything. */
const plain = ["number", "int", "boolean", "enum", "literal", "date", "null", "undefined"];

interface Definition {
  type: string;
  shape?: Record<string, ZodType>;
  options?: ZodType[];
  innerType?: ZodType;
  element?: ZodType;
  in?: ZodType;
}

/**
 * Members of an input that name something: by what they are called, or since they take ids of some kind and no other text.
 * @returns their paths, as `canary.documentId`
 */
export function listIdMembers(inputs: readonly ZodType[]): string[] {
  const found = new Set<string>();
  for (const input of inputs) collect(input, [], found);
  return [...found].toSorted();
}

function collect(schema: ZodType, path: readonly string[], found: Set<string>): void {
  const definition = schema._zod.def as Definition;
  const { type, shape, options = [], innerType, element } = definition;
  if (shape !== undefined) for (const [name, member] of Object.entries(shape)) collect(member, [...path, name], found);
  else if (type === "union") for (const option of options) collect(option, path, found);
  else if (wrappers.includes(type) && innerType !== undefined) collect(innerType, path, found);
  else if (type === "array" && element !== undefined) collect(element, path, found);
  else if (type === "pipe" && definition.in !== undefined) collect(definition.in, path, found);
  else if (!plain.includes(type) && (named.test(path.at(-1) ?? "") || takesIdsAlone(schema))) found.add(path.join("."));
}

/** Whether it takes ids of some kinds, and neither those of all nor any text. */
function takesIdsAlone(schema: ZodType): boolean {
  const taken = kinds.filter((kind) => schema.safeParse(newId(kind)).success);
  return taken.length > 0 && taken.length < kinds.length;
}
