import { contentSecurityPolicy } from "@leasehold/tenancy/web/content-security-policy";
import { nextConfig } from "@leasehold/tenancy/web/next-config";
import { isOwnOrigin } from "@leasehold/tenancy/web/own-origin";
import { describe, expect, test } from "vitest";

describe("the content security policy", () => {
  const directives = (text: string) => new Map(text.split("; ").map((part) => [part.split(" ")[0], part]));

  test("lets nothing run without the nonce, and nobody frame the page", () => {
    const policy = directives(contentSecurityPolicy({ nonce: "n1", secure: true, development: false }));
    expect(policy.get("script-src")).toBe("script-src 'self' 'nonce-n1' 'strict-dynamic'");
    expect(policy.get("frame-ancestors")).toBe("frame-ancestors 'none'");
    expect(policy.has("upgrade-insecure-requests")).toBe(true);
  });

  test("evaluates code in development only, and has the images that were asked for", () => {
    const policy = directives(contentSecurityPolicy({ nonce: "n1", secure: false, development: true, images: ["blob:"] }));
    expect(policy.get("script-src")).toContain("'unsafe-eval'");
    expect(policy.get("img-src")).toBe("img-src 'self' data: blob:");
    expect(policy.has("upgrade-insecure-requests")).toBe(false);
  });
});

describe("whether a request comes from our own pages", () => {
  const own = "https://console.test/";
  const ask = (method: string, headers: Record<string, string>) =>
    isOwnOrigin(new Request("http://inside:3001/x", { method, headers }), own);

  test.each([
    ["reading, from anywhere", "GET", { origin: "https://evil.test" }, true],
    ["our own page", "POST", { origin: "https://console.test" }, true],
    ["another site", "POST", { origin: "https://evil.test" }, false],
    ["another site that names itself as the host", "POST", { origin: "https://evil.test", host: "evil.test" }, false],
    ["another port", "POST", { origin: "https://console.test:8443" }, false],
    ["without TLS", "POST", { origin: "http://console.test" }, false],
    ["a sandboxed frame", "POST", { origin: "null" }, false],
    ["a program that is no browser", "POST", {}, true],
    ["a browser that names no origin, from elsewhere", "POST", { "sec-fetch-site": "cross-site" }, false],
  ] as const)("%s", (_what, method, headers, expected) => expect(ask(method, headers)).toBe(expected));
});

test("every answer of an app with pages is for TLS alone, for two years, and is neither framed nor sniffed", async () => {
  const [{ source, headers } = { source: "", headers: [] }] = await nextConfig({ headers: [{ key: "X-Own", value: "1" }] }).headers();
  expect(source).toBe("/:path*");
  expect(Object.fromEntries(headers.map(({ key, value }) => [key, value]))).toMatchObject({
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "X-Own": "1",
  });
});
