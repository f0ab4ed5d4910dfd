import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { organizationName } from "@leasehold/portal/lib/organization-name";
import { clientAddress, clientAddressHeader, markClientAddresses } from "@leasehold/tenancy/web/client-address";
import { isOwnOrigin } from "@leasehold/tenancy/web/own-origin";
import { expect, test } from "vitest";

const ask = (headers: Record<string, string>, method = "POST") =>
  isOwnOrigin(new Request("http://10.0.0.7:3000/api/trpc/x", { method, headers }), "https://portal.example");

test("the origin is the one that people open, whatever the request says of its host", () => {
  expect(ask({ origin: "https://portal.example" })).toBe(true);
  expect(ask({ origin: "http://portal.example" })).toBe(false);
  expect(ask({ origin: "https://evil.example", host: "evil.example" })).toBe(false);
  expect(ask({ origin: "null" })).toBe(false);
});

test("without an origin the browser's own word counts, and programs have neither", () => {
  expect(ask({ "sec-fetch-site": "cross-site" })).toBe(false);
  expect(ask({ "sec-fetch-site": "same-origin" })).toBe(true);
  expect(ask({})).toBe(true);
  expect(ask({ origin: "https://evil.example" }, "GET")).toBe(true);
});

test.each([
  [0, "203.0.113.9", "10.0.0.2"],
  [1, "203.0.113.9, 192.0.2.5", "192.0.2.5"],
  [2, "203.0.113.9, 192.0.2.5, 10.0.0.3", "192.0.2.5"],
  [2, "192.0.2.5", "10.0.0.2"],
  [1, undefined, "10.0.0.2"],
])("with %i trusted proxies, %j counts as %s", (proxies, forwarded, expected) => {
  expect(clientAddress("10.0.0.2", forwarded, proxies)).toBe(expected);
});

test("a request carries its socket's address, whatever it claims itself", async () => {
  markClientAddresses(() => 0);
  const server = createServer((request, response) => response.end(request.headers[clientAddressHeader]));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const headers = { [clientAddressHeader]: "203.0.113.9", "x-forwarded-for": "203.0.113.9" };
  const seen = await new Promise((resolve) =>
    get({ port, host: "127.0.0.1", headers }, (answer) => answer.on("data", (data) => resolve(String(data)))),
  );
  expect(seen).toBe("127.0.0.1");
  server.close();
});

test.each(["Harbour Lights", "Ernst & Jung GmbH", "St. Olav's, Oslo", "Booking.com", "A/B Testing", "株式会社"])(
  "an organization may be called %j",
  (name) => {
    expect(organizationName.safeParse(name).success).toBe(true);
  },
);

test.each(["Win at http://evil.example", "evil.example/login now", "www.evil.example", "a\u202egpj.exe", "two\nlines", "Ze\u200bro"])(
  "an organization may not be called %j",
  (name) => {
    expect(organizationName.safeParse(name).success).toBe(false);
  },
);
