import { withConnection, withDatabase } from "@leasehold/db/client";
import { connectRoles, type Plane, type ProcessRole, planes } from "@leasehold/db/roles";
import { newId } from "@leasehold/domain/ids";
import { afterAll, beforeAll, expect, test } from "vitest";
import { probeVerbs } from "../support/catalogue/probe-verbs.ts";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { type Seeded, seedTenant } from "../support/seed-tenant.ts";

let databases: TestDatabases;
let ours: Seeded;
let theirs: Seeded;
beforeAll(async () => {
  databases = await createTestDatabases();
  [ours, theirs] = [await seedTenant(databases, newId("tenant")), await seedTenant(databases, newId("tenant"))];
});
afterAll(() => databases[Symbol.asyncDispose]());

const cases = planes.flatMap((plane) => connectRoles[plane].map((role) => ({ plane, role })));

test.each(cases)("$role does in the $plane database what it was granted, for its tenant alone", async ({ plane, role }) => {
  expect(await probeVerbs(databases.urlOf(plane, role), plane, role, ours, theirs)).toEqual([]);
});

const broken: { what: string; plane: Plane; role: ProcessRole; sql: string; notices: string }[] = [
  {
    what: "a policy that lets all rows be seen",
    plane: "application",
    role: "app_tenant",
    sql: "ALTER POLICY tenant_own ON app.documents USING (true)",
    notices: "SELECT app.documents reached another tenant: 1",
  },
  {
    what: "a policy that checks nothing on writing",
    plane: "application",
    role: "app_tenant",
    sql: "ALTER POLICY tenant_own ON app.folders WITH CHECK (true)",
    notices: "INSERT app.folders reached another tenant: 23505",
  },
  {
    what: "row-level security switched off",
    plane: "control",
    role: "portal",
    sql: "ALTER TABLE control.members DISABLE ROW LEVEL SECURITY",
    notices: "DELETE control.members reached another tenant: 1",
  },
  {
    what: "a policy that is missing",
    plane: "keyring",
    role: "app_tenant",
    sql: "DROP POLICY tenant_own ON keyring.data_keys",
    notices: "SELECT keyring.data_keys does not see its own tenant's row",
  },
  {
    what: "a table that nobody wrote a row for",
    plane: "control",
    role: "worker",
    sql: "CREATE TABLE control.notes (tenant_id text PRIMARY KEY); SELECT control.protect('control.notes')",
    notices: "control.notes: seedTenant writes no row of it",
  },
];

test.each(broken)("the probe notices $what", async ({ plane, role, sql, notices }) => {
  const clone = await databases.clone(plane);
  await withConnection(clone.url, (owner) => owner.query(sql));
  expect(await probeVerbs(withDatabase(databases.urlOf(plane, role), clone.name), plane, role, ours, theirs)).toContain(notices);
});

test("the auditor sees a row whose tenant nobody knows", async () => {
  const lost = newId("tenant");
  await databases.query("application", "insert into app.tenant_home values ($1, 1, 'rw')", [lost]);
  const seen = await withConnection(databases.urlOf("application", "auditor"), (client) =>
    client.query("select from app.tenant_home where tenant_id = $1", [lost]),
  );
  expect(seen.rowCount).toBe(1);
});
