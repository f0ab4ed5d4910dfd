import fc from "fast-check";
import { expect, test } from "vitest";
import { reservedSlugs, slugFrom, slugProblem } from "./slugs.ts";

test("reserved words cannot be asked for", () => {
  for (const word of reservedSlugs) expect(slugProblem(word)).toBeDefined();
});

test("a slug made from any name is free of problems besides its length and reserved words", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (name) => {
      expect([undefined, "too-short", "reserved"]).toContain(slugProblem(slugFrom(name)));
    }),
  );
});

test.each([
  ["Acme Corp.", "acme-corp"],
  ["  Žluťoučký kůň  ", "zlutoucky-kun"],
  ["3M Company", "m-company"],
  ["Ünïcode & Söhne GmbH", "unicode-sohne-gmbh"],
])("%s becomes %s", (name, slug) => expect(slugFrom(name)).toBe(slug));

test.each([
  ["ab", "too-short"],
  ["a".repeat(41), "too-long"],
  ["Acme", "format"],
  ["acme--corp", "format"],
  ["-acme", "format"],
  ["9lives", "format"],
  ["admin", "reserved"],
])("%s is refused as %s", (slug, problem) => expect(slugProblem(slug)).toBe(problem));
