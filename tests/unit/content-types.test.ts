import { checkContentType } from "@leasehold/application/documents/check-content-type";
import { contentDisposition, servedType } from "@leasehold/application/documents/content-types";
import { describe, expect, test } from "vitest";

test.each(['plain.txt"; filename="evil.exe', "a\\b%22.txt", "'; filename*=UTF-8''evil.exe", "über (1)*.txt", "発表 ☃.md", "; x=y"])(
  "the name %j is one value in both of its forms",
  (name) => {
    const [, kind, ascii = "", encoded = ""] = /^(\w+); filename="([^"\\%]*)"; filename\*=UTF-8''([A-Za-z0-9%._~!&+$#|`^-]*)$/.exec(
      contentDisposition("attachment", name),
    ) ?? [""];
    expect(kind).toBe("attachment");
    expect(ascii).toHaveLength(name.length);
    expect(decodeURIComponent(encoded)).toBe(name);
  },
);

test.each(["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "application/pdf", ""])(
  "%s is served as bytes that nothing runs",
  (type) => expect(servedType(type)).toBe("application/octet-stream"),
);

describe("what a page would show is compared with its first bytes", () => {
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000049444154", "hex");
  const jpeg = Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex");
  const zip = Buffer.from("504b0304140000000800", "hex");
  /** In pieces, the first smaller than what is looked at. */
  async function* pieces(body: Buffer) {
    for (let at = 0; at < body.length; at += 7) yield body.subarray(at, at + 7);
  }
  const unknown = "application/octet-stream";

  test.each([
    ["image/png", png, "image/png"],
    ["image/jpeg", jpeg, "image/jpeg"],
    ["image/png", jpeg, unknown],
    ["image/gif", Buffer.from("<script>"), unknown],
    ["image/webp", Buffer.alloc(0), unknown],
    ["text/plain", Buffer.from("Über 7 Ämter"), "text/plain"],
    ["text/csv", Buffer.from("a;b\r\n"), "text/csv"],
    ["application/json", Buffer.alloc(0), "application/json"],
    ["text/plain", Buffer.from('<?xml version="1.0"?><a/>'), "text/plain"],
    ["text/plain", zip, unknown],
    ["text/plain", png, unknown],
    ["text/markdown", Buffer.from("a\0b"), unknown],
    ["application/pdf", Buffer.from("not one"), "application/pdf"],
  ])("%s is kept or not: %#", async (claimed, body, kept) => {
    const long = Buffer.concat([body, Buffer.from(" and more".repeat(body.length === 0 ? 0 : 2_000))]);
    const checked = await checkContentType(claimed, pieces(long));
    expect(checked.contentType).toBe(kept);
    const chunks: Uint8Array[] = [];
    for await (const chunk of checked.body) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(long)).toBe(true);
  });

  test("a body that breaks off breaks off for its reader, and one that is not read to its end is let go", async () => {
    let closed = false;
    async function* broken() {
      try {
        yield png;
        throw new Error("the connection is gone");
      } finally {
        closed = true;
      }
    }
    const { body } = await checkContentType("image/png", broken());
    await expect(async () => {
      for await (const _ of body);
    }).rejects.toThrow("the connection is gone");
    expect(closed).toBe(true);
  });
});
