import { glob } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { withConnection } from "@leasehold/db/client";
import { ownerRole, type Plane, planes } from "@leasehold/db/roles";
import { operationExclusions, operationTransitions } from "@leasehold/domain/operations";
import { tenantTransitions } from "@leasehold/domain/tenant-states";
import { getTableColumns, is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";

let databases: TestDatabases;
beforeAll(async () => {
  databases = await createTestDatabases();
});
afterAll(() => databases[Symbol.asyncDispose]());

const pairs = (table: Record<string, readonly string[]>) =>
  Object.entries(table)
    .flatMap(([from, tos]) => tos.map((to) => `${from} ${to}`))
    .sort();

describe("the database and the code hold the same", () => {
  test.each([
    ["transitions of a tenant", "control.tenant_transitions", tenantTransitions],
    ["transitions of an operation", "control.operation_transitions", operationTransitions],
    ["exclusions of operations", "control.operation_exclusions", operationExclusions],
  ])("%s", async (_what, table, expected) => {
    const rows = await databases.query<Record<string, string>>("control", `select * from ${table}`);
    expect(rows.map((row) => Object.values(row).join(" ")).sort()).toEqual(pairs(expected));
  });

  test.each(planes)("columns of the %s database", async (plane) => {
    const inCode = await columnsInCode(plane);
    expect(Object.keys(inCode).length).toBeGreaterThan(0);
    expect(await columnsInDatabase(plane, Object.keys(inCode))).toEqual(inCode);
  });
});

const typeNames: Record<string, string> = {
  "timestamp with time zone": "timestamptz",
  integer: "int4",
  bigint: "int8",
  boolean: "bool",
  "double precision": "float8",
};

async function columnsInCode(plane: Plane): Promise<Record<string, string[]>> {
  const folder = fileURLToPath(new URL(`../../db/src/${plane}/`, import.meta.url));
  const found: Record<string, string[]> = {};
  for await (const file of glob("{schema,*/schema}/*.ts", { cwd: folder })) {
    const module: Record<string, unknown> = await import(`${folder}${file}`);
    for (const table of Object.values(module).filter((value) => is(value, PgTable))) {
      const { name, schema } = getTableConfig(table);
      found[`${schema}.${name}`] = Object.values(getTableColumns(table))
        .map((column) => `${column.name} ${typeNames[column.getSQLType()] ?? column.getSQLType()}${column.notNull ? " not null" : ""}`)
        .sort();
    }
  }
  return found;
}

async function columnsInDatabase(plane: Plane, tables: string[]): Promise<Record<string, string[]>> {
  return withConnection(databases.urlOf(plane, ownerRole), async (client) => {
    const found: Record<string, string[]> = {};
    for (const table of tables) {
      const { rows } = await client.query<{ shown: string }>(
        `select a.attname || ' ' || t.typname || case when a.attnotnull then ' not null' else '' end as shown
         from pg_attribute a join pg_type t on t.oid = a.atttypid
         where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
        [table],
      );
      found[table] = rows.map((row) => row.shown).sort();
    }
    return found;
  });
}
