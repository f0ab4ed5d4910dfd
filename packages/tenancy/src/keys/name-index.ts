import { createHmac } from "node:crypto";
import { noSalt, withDerivedKey } from "./derive-key.ts";

const gramLength = 3;

/** How names are compared: composed, case-folded, runs of white space as one. */
export function normalizeName(name: string): string {
  return name.normalize("NFKC").toLocaleLowerCase("und").replace(/\s+/gu, " ").trim();
}

/** Equal for two names that count as the same one in a folder; says nothing else about them. 32 bytes. */
export function nameHmac(dataKey: Buffer, name: string): Buffer {
  return withDerivedKey(dataKey, noSalt, ["index", "names"], (key) => createHmac("sha256", key).update(normalizeName(name)).digest());
}

/**
 * The trigrams of a name as keyed 63-bit numbers, each once. The database sees how often a gram occurs, never which it
 * is. A text shorter than three characters has none.
 */
export function nameGrams(dataKey: Buffer, name: string): bigint[] {
  const characters = [...normalizeName(name)];
  const grams = new Set<string>();
  for (let start = 0; start + gramLength <= characters.length; start++) grams.add(characters.slice(start, start + gramLength).join(""));
  return withDerivedKey(dataKey, noSalt, ["index", "grams"], (key) =>
    [...grams].map((gram) => createHmac("sha256", key).update(gram).digest().readBigInt64BE(0) & 0x7fff_ffff_ffff_ffffn),
  );
}
