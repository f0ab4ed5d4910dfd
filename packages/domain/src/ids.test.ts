import { expect, test } from "vitest";
import { type IdKind, idPrefixes, isId, newId } from "./ids.ts";
import { canaryTenantId, keyAliasOf, objectPrefixOf, siloDatabaseOf, stackNameOf } from "./placement.ts";

test("a new id is recognised as its kind and as no other", () => {
  for (const kind of Object.keys(idPrefixes) as IdKind[])
    for (const other of Object.keys(idPrefixes) as IdKind[]) expect(isId(other, newId(kind))).toBe(kind === other);
});

test("ids made one after the other sort in that order", () => {
  const ids = Array.from({ length: 1000 }, () => newId("event"));
  expect([...ids].sort()).toEqual(ids);
});

test.each(["", "tnt_", "tnt_*", "tnt_../../x", "tnt_01ARZ3NDEKTSV4RRFFQ69G5FAV/", "TNT_01ARZ3NDEKTSV4RRFFQ69G5FAV", null, 7])(
  "%s is no tenant id",
  (value) => expect(isId("tenant", value)).toBe(false),
);

test("the canary's id is a tenant id", () => expect(isId("tenant", canaryTenantId)).toBe(true));

test("names derived from an id are valid where they are used", () => {
  const id = newId("tenant");
  expect(stackNameOf(id)).toMatch(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/);
  expect(siloDatabaseOf(id)).toMatch(/^[a-z_][a-z0-9_]{0,62}$/);
  expect(keyAliasOf(id)).toMatch(/^alias\/[a-zA-Z0-9/_-]+$/);
  expect(objectPrefixOf(id).endsWith("/")).toBe(true);
});
