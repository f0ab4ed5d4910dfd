import { contentDisposition, servedType } from "@leasehold/application/documents/content-types";
import { expect, test } from "vitest";

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
