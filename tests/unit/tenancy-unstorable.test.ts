import { refuseUnstorable } from "@leasehold/tenancy/trpc/refuse-unstorable";
import { domainErrorOf } from "@leasehold/tenancy/trpc/to-trpc-error";
import type { TRPCError } from "@trpc/server";
import { expect, test } from "vitest";

const hole = "a\0b";
const half = "\ud800";

function fieldOf(input: unknown): string | undefined {
  try {
    refuseUnstorable(input);
  } catch (error) {
    return domainErrorOf(error as TRPCError)?.field ?? "the whole";
  }
  return undefined;
}

test.each([
  [hole, "the whole"],
  [{ name: hole }, "name"],
  [{ names: ["x", half] }, "names.1"],
  [{ a: { b: [{ c: hole }] } }, "a.b.0.c"],
  [{ a: { [hole]: 1 } }, "a"],
  [{ tags: new Set(["x", hole]) }, "tags.1"],
  [{ by: new Map([["k", hole]]) }, "by.0.1"],
])("%j is refused", (input, field) => {
  expect(fieldOf(input)).toBe(field);
});

test.each([undefined, null, 1, 10n, true, "x", {}, [], new Date(0), { a: ["\u0001", "😀"], bytes: new Uint8Array(3) }])(
  "%o is let through",
  (input) => {
    expect(fieldOf(input)).toBeUndefined();
  },
);

test("as many levels as a request can hold do not end the stack", () => {
  const depth = 400_000;
  const input: unknown = JSON.parse(`${"[".repeat(depth)}"x"${"]".repeat(depth)}`);
  expect(fieldOf(input)).toBeUndefined();
});
