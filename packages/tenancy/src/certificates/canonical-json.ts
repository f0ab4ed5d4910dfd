/** A value that canonical JSON can hold: no fractions, no undefined but as an absent member. */
type Canonical = null | boolean | number | string | readonly Canonical[] | { readonly [name: string]: Canonical | undefined };

/**
 * The one text of a value: RFC 8785 (members sorted by UTF-16 code units, no white space, strings as ECMAScript writes them) over
 * what needs no rule for fractions. Throws TypeError for fractions, numbers beyond 2^53, -0 and lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  return write(value as Canonical);
}

function write(value: Canonical): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new TypeError("a number that is no safe integer has no canonical form");
    return String(value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new TypeError("a text with half a character has no canonical form");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`a ${typeof value} has no canonical form`);
  const members = value as { readonly [name: string]: Canonical | undefined };
  const names = Object.keys(members).filter((name) => members[name] !== undefined);
  return `{${names
    .sort(byCodeUnits)
    .map((name) => `${write(name)}:${write(members[name] as Canonical)}`)
    .join(",")}}`;
}

function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export const canonicalBytes = (value: unknown) => new TextEncoder().encode(canonicalJson(value));

/**
 * Reads bytes that are the canonical text of what they say, and no others: a member twice, another order, a space or a byte more is
 * refused, because writing what was read gives other bytes. Undefined when they are not.
 */
export function readCanonical(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return canonicalJson(value) === text ? { value } : undefined;
  } catch {
    return undefined;
  }
}
