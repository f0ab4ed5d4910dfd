import { expect, test } from "vitest";
import { isStorable } from "./storable.ts";

test.each(["", "a\tb\r\n", "\u0001", "é", "😀", "\ufffd", "\u202e"])("%j can be stored", (text) => {
  expect(isStorable(text)).toBe(true);
});

test.each(["\0", "a\0b", "\ud800", "😀\udc00"])("%j cannot", (text) => {
  expect(isStorable(text)).toBe(false);
});
