import type { JsonSchema } from "@leasehold/tenancy/rest/json-schema";
import fc from "fast-check";

/** What breaks parsers, queries and columns, wherever a value is expected. */
const hostile: readonly unknown[] = [
  "",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\u202e",
  "' or 1=1; --",
  "$1",
  "%00%ff",
  "../../etc/passwd",
  ["*?$", "{aws:PrincipalTag/TenantID}/"].join(""),
  "__proto__",
  "x".repeat(20_000),
  "0000-00-00 00:00:00+00",
  "9999999-12-31T23:59:59Z",
  -1,
  0.5,
  2 ** 53,
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  undefined,
  true,
  [],
  {},
  [[[]]],
  JSON.parse('{"__proto__": {"roles": ["owner"]}, "constructor": {}}'),
  new Date(Number.NaN),
  new Date(8.64e15),
  10n ** 30n,
];

/** Ids and other known values, by the name of the member that takes them. */
export type Known = Record<string, readonly unknown[]>;

/** Values that a JSON Schema describes, each of whose parts is at times a known value, and at times one that nobody expects. */
export function arbitraryOf(schema: JsonSchema, known: Known, name = ""): fc.Arbitrary<unknown> {
  const choices: fc.WeightedArbitrary<unknown>[] = [
    { arbitrary: described(schema, known, name), weight: 6 },
    { arbitrary: fc.constantFrom(...hostile), weight: 1 },
  ];
  const values = known[name];
  if (values !== undefined && values.length > 0) choices.push({ arbitrary: fc.constantFrom(...values), weight: 12 });
  return fc.oneof(...choices);
}

function described(schema: JsonSchema, known: Known, name: string): fc.Arbitrary<unknown> {
  const options = (schema.anyOf ?? schema.oneOf ?? schema.allOf) as JsonSchema[] | undefined;
  if (options !== undefined) return fc.oneof(...options.map((option) => arbitraryOf(option, known, name)));
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if ("const" in schema) return fc.constant(schema.const);
  switch (schema.type) {
    case "object":
      return members(schema, known);
    case "array":
      return fc.array(arbitraryOf((schema.items as JsonSchema | undefined) ?? {}, known, name), { maxLength: 4 });
    case "string":
      return text(schema);
    case "integer":
      return fc.integer(bounds(schema));
    case "number":
      return fc.double();
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return fc.anything();
  }
}

function members(schema: JsonSchema, known: Known): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties as Record<string, JsonSchema> | undefined) ?? {});
  const requiredKeys = (schema.required as string[] | undefined) ?? [];
  const record = Object.fromEntries(properties.map(([name, member]) => [name, arbitraryOf(member, known, name)]));
  return fc.record(record, { requiredKeys });
}

function text({ pattern, format, maxLength }: JsonSchema): fc.Arbitrary<string> {
  if (format === "date-time") return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (format === "uuid") return fc.uuid();
  if (format === "email") return fc.emailAddress();
  if (typeof pattern === "string") return matching(pattern);
  return fc.string({ unit: "grapheme", maxLength: Math.min(typeof maxLength === "number" ? maxLength : 40, 60) });
}

/** fast-check knows no lookaheads: those are left to what is hostile. */
function matching(pattern: string): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    return fc.string();
  }
}

function bounds({ minimum, maximum }: JsonSchema): { min: number; max: number } {
  const largest = 2 ** 31 - 1;
  const of = (value: unknown, otherwise: number) => (typeof value === "number" ? Math.max(-largest, Math.min(largest, value)) : otherwise);
  return { min: of(minimum, -largest), max: of(maximum, largest) };
}
