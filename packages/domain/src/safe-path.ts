// Only there to resolve against; no name ends in .invalid.
const base = "https://own.invalid";
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused; parsers of addresses drop them in silence
const refused = /[\u0000-\u001f\u007f-\u009f\\]/;

/**
 * A path of this site with its search and hash, for going on after signing in; `fallback` for anything that is, or that a
 * browser could take for, another site's address.
 */
export function safePath<Fallback extends string | undefined>(next: unknown, fallback: Fallback): string | Fallback {
  if (typeof next !== "string" || !next.startsWith("/") || refused.test(next) || !URL.canParse(next, base)) return fallback;
  const url = new URL(next, base);
  const path = `${url.pathname}${url.search}${url.hash}`;
  // Dots are resolved away by now: "/.//elsewhere" has become "//elsewhere".
  return url.origin === base && !path.startsWith("//") ? path : fallback;
}
