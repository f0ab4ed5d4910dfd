import { jwkSetting } from "@leasehold/tenancy/settings/jwk";
import { expect, test } from "vitest";

const setting = jwkSetting("Set it to a key.");

test("a key is read as it is", () => {
  expect(setting.parse('{"kty":"EC","crv":"P-256","x":"a"}')).toEqual({ kty: "EC", crv: "P-256", x: "a" });
});

test.each([["no JSON"], ["{}"], ["null"], [undefined]])("%j is refused, in words that say what to set", (text) => {
  expect(setting.safeParse(text).error?.issues[0]?.message).toBe("Set it to a key.");
});
