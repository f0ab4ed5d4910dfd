import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { crossTenantPaths } from "@leasehold/db/cross-tenants";
import { describe, expect, test } from "vitest";
import { findUnscoped } from "../support/scope/find-unscoped.ts";

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

test("every path has a reason", () => {
  for (const [path, reason] of Object.entries(crossTenantPaths)) expect(reason.length, path).toBeGreaterThan(30);
});
