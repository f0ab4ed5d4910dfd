import { withConnection } from "@leasehold/db/client";
import { connectRoles, ownerRole, type Plane, processRoles } from "@leasehold/db/roles";
import type pg from "pg";
import { catalogueQueries } from "./queries.ts";
import { crossTenantPolicies, openTables, otherIndexes, privateSchemas, privateTenantTables } from "./register.ts";

/** What is wrong with a database's catalogue, by rule; an empty list for each rule that holds. */
export function inspectCatalogue(url: string, plane: Plane): Promise<Record<string, string[]>> {
  return withConnection(url, (client) => inspectWith(client, plane));
}

/** The same on a connection that is open, as its transaction sees things. */
export async function inspectWith(client: pg.Client, plane: Plane): Promise<Record<string, string[]>> {
  const expected = JSON.stringify({
    openTables,
    privateSchemas,
    privateTenantTables,
    crossTenantPolicies,
    otherIndexes,
    roles: [ownerRole, ...processRoles],
    connect: connectRoles[plane],
  });
  const found: Record<string, string[]> = {};
  for (const [rule, query] of Object.entries(catalogueQueries)) {
    const { rows } = await client.query<{ wrong: string }>(query, query.includes("$1") ? [expected] : []);
    found[rule] = rows.map((row) => row.wrong);
  }
  return found;
}
