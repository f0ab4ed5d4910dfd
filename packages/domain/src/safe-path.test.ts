import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { safePath } from "./safe-path.ts";

describe("where to go after signing in", () => {
  test.each(["/", "/tenants", "/tenants/tnt_1?tab=people#top", "/search?q=%2F%2Fevil.com", "/%09/evil.com", "/a//b"])(
    "%j is kept",
    (next) => {
      expect(safePath(next, "/home")).toBe(next);
    },
  );

  test.each([
    "",
    "tenants",
    "https://evil.com",
    "//evil.com",
    "///evil.com",
    "/\\evil.com",
    "\\/evil.com",
    "/\t/evil.com",
    "/\n/evil.com",
    "\t//evil.com",
    " //evil.com",
    "/.//evil.com",
    "/a/..//evil.com",
    "/%2e//evil.com",
    "/\u0000/evil.com",
    "/\u0085/evil.com",
    "javascript:alert(1)",
    undefined,
    ["/tenants", "//evil.com"],
  ])("%j is refused", (next) => {
    expect(safePath(next, "/home")).toBe("/home");
    expect(safePath(next, undefined)).toBeUndefined();
  });

  test("dots are resolved", () => expect(safePath("/a/../tenants", "/home")).toBe("/tenants"));

  test("whatever is given, a browser stays on the site", () => {
    const parts = fc.constantFrom(
      "/",
      "\\",
      "\t",
      "\r",
      "\n",
      ".",
      "..",
      "@",
      ":",
      "?",
      "#",
      "%09",
      "%2f",
      "%5c",
      "%2e",
      "evil.com",
      "http:",
      "a",
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (pieces) => {
        const path = safePath(`/${pieces.join("")}`, "/home");
        expect(new URL(path, "https://console.test").origin).toBe("https://console.test");
      }),
      { numRuns: 2_000 },
    );
  });
});
