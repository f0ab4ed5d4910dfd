import fc from "fast-check";
import { expect, test } from "vitest";
import { bodyPath, isSafePath, safeFileName } from "./safe-name.ts";

test.each([
  ["../../etc/passwd", ".._.._etc_passwd"],
  ["..", "_"],
  [".", "_"],
  ["", "_"],
  ["C:\\Windows\\system32", "C__Windows_system32"],
  ["con", "_con"],
  ["LPT1.txt", "_LPT1.txt"],
  ["COM¹", "_COM¹"],
  ["a\u0000b\nc", "a_b_c"],
  ["\u202etxt.exe", "_txt.exe"],
  ["trailing. . .", "trailing"],
  ["  leading", "leading"],
  ["\ud800broken", "\ufffdbroken"],
  ["https://example.org/?a=*", "https___example.org__a=_"],
  ["e\u0301.txt", "\u00e9.txt"],
  [".profile", ".profile"],
])("%j becomes %j", (name, expected) => {
  expect(safeFileName(name)).toBe(expected);
});

test("a long name keeps its extension and is not cut within a character", () => {
  const name = safeFileName(`${"🗎".repeat(200)}.docx`);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  expect(name).toMatch(/^(🗎)+\.docx$/u);
});

test("whatever a document is called, its path is safe, stays as it is, and is below its own folder", () => {
  const names = fc.oneof(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ unit: "grapheme", maxLength: 400 }), fc.string());
  fc.assert(
    fc.property(names, (name) => {
      const path = bodyPath("doc_01", name);
      expect(path.split("/")).toHaveLength(3);
      expect(isSafePath(path)).toBe(true);
      expect(safeFileName(safeFileName(name))).toBe(safeFileName(name));
    }),
    { numRuns: 2_000 },
  );
});

test.each(["/etc/passwd", "../up", "a/../b", "a//b", "a/", "c:/x", "a\\b", "", "documents/x/con"])("%j is no safe path", (path) => {
  expect(isSafePath(path)).toBe(false);
});
