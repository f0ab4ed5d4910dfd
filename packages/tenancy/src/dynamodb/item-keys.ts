import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { DomainError } from "@leasehold/domain/errors";
import { isId, type TenantId } from "@leasehold/domain/ids";
import type { TenantScope } from "../context.ts";

export const partitionAttribute = "pk";
export const sortAttribute = "sk";
/** Only indexes whose partition key is the table's own have such a name; policies let tenants query no others. */
export const tenantIndexPrefix = "tenant-";

export type Attributes = Record<string, AttributeValue>;
/** Names of an item within its tenant, from the widest: `["document", id]`. */
export type SortPath = readonly [string, ...string[]];

/** The partition of one tenant's items, as the policies name it. Throws when the id is not well formed. */
export function partitionOf(tenantId: TenantId): string {
  if (!isId("tenant", tenantId)) throw new Error("A tenant's id is not well formed.");
  return `TENANT#${tenantId}`;
}

/** An item's key: the tenant's partition, and a sort key in which no part can be read as two. */
export function itemKeyOf({ tenantId }: Pick<TenantScope, "tenantId">, path: SortPath): Attributes {
  return { [partitionAttribute]: { S: partitionOf(tenantId) }, [sortAttribute]: { S: sortKeyOf(path) } };
}

/** Parts joined by `#`, which is escaped inside of them. Throws for an empty part. */
export function sortKeyOf(path: SortPath): string {
  return path.map(escapePart).join("#");
}

/** What the sort keys of everything below a path begin with; `["a"]` is not above `["ab"]`. */
export function sortPrefixOf(path: SortPath): string {
  return `${sortKeyOf(path)}#`;
}

function escapePart(part: string): string {
  if (part === "") throw new Error("A part of a sort key is empty.");
  return part.replaceAll("%", "%25").replaceAll("#", "%23");
}

/** Where a page ended, as text for a client. It names no tenant, so it opens no other's. */
export function cursorOf(last: Attributes | undefined): string | null {
  if (last === undefined) return null;
  const { [partitionAttribute]: _tenant, ...rest } = last;
  return Buffer.from(JSON.stringify(rest)).toString("base64url");
}

/** The key to go on from, in the scope's own partition whatever the cursor says. Throws VALIDATION. */
export function startKeyOf(scope: Pick<TenantScope, "tenantId">, cursor: string): Attributes {
  const attributes = readCursor(cursor);
  return { ...attributes, [partitionAttribute]: { S: partitionOf(scope.tenantId) } };
}

function readCursor(cursor: string): Attributes {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (typeof read === "object" && read !== null && !Array.isArray(read)) {
      const entries = Object.entries(read).map(([name, value]) => [name, textOf(value)] as const);
      if (entries.length > 0 && entries.length <= 3) return Object.fromEntries(entries);
    }
  } catch {}
  throw new DomainError("VALIDATION", "cursor: It is not one that this list gave out.", { field: "cursor", reason: "cursor" });
}

function textOf(value: unknown): AttributeValue {
  if (typeof value === "object" && value !== null) {
    if ("S" in value && typeof value.S === "string") return { S: value.S };
    if ("N" in value && typeof value.N === "string") return { N: value.N };
  }
  throw new Error("not a key's attribute");
}
