import { expect, test } from "vitest";
import { DomainError, errorTable, isDomainError } from "./errors.ts";

test("an error is recognised across bundles by its shape", () => {
  const copy = Object.assign(new Error("gone"), { name: "DomainError", code: "NOT_FOUND" });
  expect(isDomainError(copy)).toBe(true);
  expect(isDomainError(new DomainError("CONFLICT", "taken", { field: "slug" }))).toBe(true);
});

test("other errors, unknown codes and plain objects are not", () => {
  for (const value of [
    new Error("x"),
    Object.assign(new Error("x"), { name: "DomainError", code: "WHATEVER" }),
    { name: "DomainError" },
    null,
  ])
    expect(isDomainError(value)).toBe(false);
});

test("no two codes share an HTTP status", () => {
  const statuses = Object.values(errorTable).map(({ http }) => http);
  expect(new Set(statuses).size).toBe(statuses.length);
});
