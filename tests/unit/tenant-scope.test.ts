import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { crossTenantPaths } from "@leasehold/db/cross-tenants";
import { loadModule } from "libpg-query";
import { beforeAll, describe, expect, test } from "vitest";
import { findUnbound } from "../support/scope/find-unbound.ts";
import { listBuiltStatements } from "../support/scope/find-unbound-builders.ts";
import { findUnscoped } from "../support/scope/find-unscoped.ts";
import { listLookedAt, problemsIn } from "../support/scope/list-unbound.ts";
import { listStatements } from "../support/scope/sql-statements.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("a statement that enters for nobody is refused", () => {
  test.each([
    ["a query on a pool", "await pool.query('select * from control.tenants')"],
    ["a query on a pool in hand", "await services.control.query({ text: 'select 1' })"],
    ["a query of the auditor's", "const { rows } = await auditor.query('select 1 where tenant_id = $1', [tenantId])"],
    ["a query on a client of it", "const rows = await client.query<Row>(text, values)"],
    ["a transaction for nobody", "await withControl(pool, {}, (tx) => tx.execute(sql`select 1`))"],
    ["a statement for nobody", "await controlQuery(pool, { }, (tx) => tx.select())"],
    ["what looks like a register of its own", "await acrossEverything('x', () => pool.query('select 1'))"],
  ])("%s", (_what, text) => {
    expect(findUnscoped("a.ts", text)).toHaveLength(1);
  });

  test.each([
    ["one tenant", "await withControl(pool, { tenantId }, work)"],
    ["one person", "await controlQuery(pool, { userId }, work)"],
    ["whom the caller names", "await withControl(pool, ref, work)"],
    ["a path of the register", "await crossTenants('attention', () => pool.query('select 1'))"],
    ["a transaction by a path of the register", "await acrossTenants(pool, 'attention', (tx) => tx.execute(sql`select 1`))"],
    ["one tenant of whom the auditor is asked", "await auditTenant(auditor, tenantId, text)"],
    ["a procedure", "router({ list: procedure.query(async ({ ctx }) => ctx) })"],
  ])("not for %s", (_what, text) => {
    expect(findUnscoped("a.ts", text)).toEqual([]);
  });
});

test("nothing in the repository reaches a database by another way", () => {
  execFileSync(process.execPath, ["tests/support/scope/check-scope.ts"], { cwd: root, encoding: "utf8" });
});

describe("a statement that names no tenant for a table's rows is found", () => {
  const tables = new Set(["control.a", "control.b"]);
  /** As in a file, with a value where there is a question mark; `mine` and `assigned` are fragments, of the file and from elsewhere. */
  const unboundOf = (statement: string) => {
    const filled = statement.replaceAll(/\?(\w*)/g, (_mark, name: string) => `\${${name || "value"}}`);
    const text = `const mine = sql\`tenant_id = \${tenantId}\`;\nawait tx.execute(sql\`${filled}\`);`;
    const [found] = listStatements("a.ts", text).filter((each) => each.line === 2);
    return found?.tree === undefined ? ["cannot be read"] : findUnbound(found.tree, tables).unbound.toSorted();
  };
  const of = "tenant_id = ?";
  beforeAll(() => loadModule());

  test.each([
    ["none", "select from control.a where id = ?", ["control.a"]],
    ["another column", "update control.a set x = 1 where id = ?", ["control.a"]],
    ["only where another condition holds", `delete from control.a where ${of} or id = 1`, ["control.a"]],
    ["not this one", "select from control.a where tenant_id <> ?", ["control.a"]],
    ["of one of two", `select from control.a a, control.b b where a.${of} and a.id = b.id`, ["control.b"]],
    ["of neither of two", "select from control.a a join control.b b on a.tenant_id = b.tenant_id", ["control.a", "control.b"]],
    ["in a subquery", `select from control.a where ${of} and exists (select from control.b b where b.id = 1)`, ["control.b"]],
    ["in one part of a union", `select from control.a where ${of} union all select from control.b`, ["control.b"]],
    ["in what an insert selects", "insert into control.a select * from control.b", ["control.b"]],
    ["in a part of its own", `with x as (delete from control.b returning id) select from control.a where ${of}`, ["control.b"]],
    ["from a list", "delete from control.a a using unnest(?::text[]) as t (tenant_id) where a.tenant_id = t.tenant_id", ["control.a"]],
  ])("%s", (_what, statement, expected) => {
    expect(unboundOf(statement)).toEqual(expected);
  });

  test.each([
    ["its own", `select from control.a where ${of} and x = 1`],
    ["by what is joined", `select from control.a a join control.b b on b.tenant_id = a.tenant_id and b.id = a.id where a.${of}`],
    ["by a column of both", `select from control.a a join control.b b using (tenant_id, id) where a.${of}`],
    ["by what is around it", `select from control.a a where a.${of} and not exists (select from control.b where tenant_id = a.tenant_id)`],
    [
      "by what was selected",
      `with x as (select tenant_id from control.a where ${of}) delete from control.b b using x where b.tenant_id = x.tenant_id`,
    ],
    ["side by side", "select from control.a where (tenant_id, id) = (?, ?)"],
    ["in a fragment of the file's", "select from control.a where ?mine and x = 1"],
    ["beside one from elsewhere", `update control.a set x = 1, ?assigned where ${of}`],
    ["of no tenant's table", "select from control.operators"],
  ])("not one that names it: %s", (_what, statement) => {
    expect(unboundOf(statement)).toEqual([]);
  });
});

describe("what drizzle's builder makes is looked at alike", () => {
  const unboundOf = (built: string) => {
    const text = `import { a, b } from "../schema/tables.ts";\nconst mine = (id) => and(eq(a.tenantId, tenantId), eq(a.id, id));\n${built}`;
    return listBuiltStatements("a.ts", text, new Set(["a", "b"])).flatMap(({ unbound }) => unbound);
  };

  test.each([
    ["none", "tx.select().from(a).where(eq(a.id, id))", ["a"]],
    ["no condition", "tx.delete(a)", ["a"]],
    ["only where another holds", "tx.update(a).set(x).where(or(eq(a.tenantId, tenantId), eq(a.id, id)))", ["a"]],
    ["its own", "tx.select().from(a).where(eq(a.tenantId, a.tenantId))", ["a"]],
    ["of one of two", "tx.select().from(a).innerJoin(b, eq(a.id, b.id)).where(eq(a.tenantId, tenantId))", ["b"]],
    [
      "in one use of a half",
      "const half = () => tx.select().from(a);\nhalf().where(eq(a.tenantId, tenantId)); half().where(eq(a.id, id));",
      ["a"],
    ],
  ])("names no tenant: %s", (_what, built, expected) => {
    expect(unboundOf(built)).toEqual(expected);
  });

  test.each([
    ["its own", "tx.select().from(a).where(and(eq(a.tenantId, tenantId), eq(a.id, id))).limit(1)"],
    ["by what is joined", "tx.select().from(a).innerJoin(b, eq(b.tenantId, a.tenantId)).where(eq(a.tenantId, tenantId))"],
    ["in a condition of the file's", "tx.delete(a).where(mine(id))"],
    ["of no tenant's table", "turns.delete(a.id); tx.select().from(c)"],
  ])("not one that names it: %s", (_what, built) => {
    expect(unboundOf(built)).toEqual([]);
  });
});

test("each comparison that binds a table's rows to a tenant is missed when it is left out", async () => {
  const statements = await listLookedAt();
  expect(problemsIn(statements)).toEqual([]);
  const unnoticed = statements.filter(({ unbound = [], withoutEach }) => withoutEach.some((without) => without().length <= unbound.length));
  expect(unnoticed).toEqual([]);
  expect(statements.length).toBeGreaterThan(450);
  expect(statements.flatMap(({ withoutEach }) => withoutEach).length).toBeGreaterThan(380);
});

test("every path has a reason", () => {
  for (const [path, reason] of Object.entries(crossTenantPaths)) expect(reason.length, path).toBeGreaterThan(30);
});
