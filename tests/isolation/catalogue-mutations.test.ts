import { withConnection } from "@leasehold/db/client";
import type { Plane } from "@leasehold/db/roles";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectCatalogue, inspectWith } from "../support/catalogue/inspect-catalogue.ts";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";

let databases: TestDatabases;
beforeAll(async () => {
  databases = await createTestDatabases();
});
afterAll(() => databases[Symbol.asyncDispose]());

interface Broken {
  what: string;
  plane: Plane;
  sql: string;
  rule: string;
}

const broken: Broken[] = [
  {
    what: "a table without row-level security",
    plane: "control",
    rule: "row-level security is enabled and forced",
    sql: "CREATE TABLE control.notes (tenant_id text, note_id text, PRIMARY KEY (tenant_id, note_id))",
  },
  {
    what: "FORCE left out",
    plane: "control",
    rule: "row-level security is enabled and forced",
    sql: "ALTER TABLE control.members NO FORCE ROW LEVEL SECURITY",
  },
  {
    what: "row-level security switched off on a partition",
    plane: "application",
    rule: "row-level security is enabled and forced",
    sql: "ALTER TABLE app.documents_p07 DISABLE ROW LEVEL SECURITY",
  },
  {
    what: "a tenant column on a table of constants",
    plane: "control",
    rule: "tables without a tenant hold none",
    sql: "ALTER TABLE control.tenant_transitions ADD tenant_id text",
  },
  {
    what: "the owner's policy dropped",
    plane: "application",
    rule: "every protected table lets in the owner and the auditor",
    sql: "DROP POLICY owner_migrates ON app.folders",
  },
  {
    what: "a policy without WITH CHECK",
    plane: "control",
    rule: "policies have USING and WITH CHECK",
    sql: "DROP POLICY portal_renames ON control.tenants; CREATE POLICY portal_renames ON control.tenants FOR UPDATE TO portal USING (tenant_id = control.current_tenant())",
  },
  {
    what: "a policy for everybody",
    plane: "keyring",
    rule: "policies name their roles",
    sql: "CREATE POLICY anyone ON keyring.data_keys FOR SELECT USING (tenant_id = keyring.current_tenant())",
  },
  {
    what: "a policy that lets a tenant see all",
    plane: "application",
    rule: "policies keep to one tenant",
    sql: "CREATE POLICY generous ON app.documents FOR SELECT TO app_tenant USING (true)",
  },
  {
    what: "a policy that checks nothing on writing",
    plane: "application",
    rule: "policies keep to one tenant",
    sql: "ALTER POLICY tenant_own ON app.folders WITH CHECK (true)",
  },
  {
    what: "a grant on a partition",
    plane: "application",
    rule: "partitions are reached through their parent only",
    sql: "GRANT SELECT ON app.documents_p00 TO app_tenant",
  },
  {
    what: "a table of another owner",
    plane: "control",
    rule: "everything belongs to leasehold_owner",
    sql: "GRANT CREATE ON SCHEMA control TO portal; ALTER TABLE control.pools OWNER TO portal",
  },
  {
    what: "an index that begins with something else",
    plane: "control",
    rule: "indexes begin with the tenant",
    sql: "CREATE INDEX audit_by_action ON control.audit (action, tenant_id)",
  },
  {
    what: "a table without a primary key",
    plane: "application",
    rule: "tenant tables have a primary key",
    sql: "ALTER TABLE app.tenant_limits DROP CONSTRAINT tenant_limits_pkey",
  },
  {
    what: "a foreign key that forgets the tenant",
    plane: "control",
    rule: "foreign keys begin with the tenant",
    sql: "ALTER TABLE control.operation_events ADD FOREIGN KEY (operation_id) REFERENCES control.operations (operation_id)",
  },
  {
    what: "a SECURITY DEFINER function",
    plane: "application",
    rule: "functions run with their caller's rights",
    sql: "ALTER FUNCTION app.locate(text) SECURITY DEFINER",
  },
  {
    what: "a view with its owner's rights",
    plane: "control",
    rule: "views run with their caller's rights",
    sql: "CREATE VIEW control.everything AS SELECT * FROM control.tenants",
  },
  {
    what: "a materialised copy",
    plane: "control",
    rule: "views run with their caller's rights",
    sql: "CREATE MATERIALIZED VIEW control.copy AS SELECT * FROM control.tenants",
  },
  { what: "a grant to everybody", plane: "control", rule: "nothing is for everybody", sql: "GRANT SELECT ON control.slugs TO PUBLIC" },
  {
    what: "a function for everybody",
    plane: "keyring",
    rule: "nothing is for everybody",
    sql: "GRANT EXECUTE ON FUNCTION keyring.enter(text) TO PUBLIC",
  },
  {
    what: "the right to truncate",
    plane: "application",
    rule: "no role may hand on, truncate, refer to or hook into a table",
    sql: "GRANT TRUNCATE ON app.documents TO worker",
  },
  {
    what: "the right to hand on",
    plane: "control",
    rule: "no role may hand on, truncate, refer to or hook into a table",
    sql: "GRANT SELECT ON control.slugs TO portal WITH GRANT OPTION",
  },
  { what: "a guard switched off", plane: "control", rule: "triggers fire", sql: "ALTER TABLE control.tenants DISABLE TRIGGER guard" },
  {
    what: "the portal in the keyring",
    plane: "keyring",
    rule: "only the plane's roles connect",
    sql: "DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO portal', current_database()); END $$",
  },
  {
    what: "a policy table opened to the portal",
    plane: "control",
    rule: "private schemas are their role's alone",
    sql: "GRANT USAGE ON SCHEMA identity TO portal",
  },
];

describe("the rules notice", () => {
  test.each(broken)("$what", async ({ plane, sql, rule }) => {
    const { adminUrl } = databases.server;
    const clone = await databases.clone(plane);
    const asAdmin = new URL(adminUrl);
    asAdmin.pathname = `/${clone.name}`;
    await withConnection(asAdmin.toString(), async (admin) => {
      await admin.query("SET ROLE leasehold_owner");
      if (sql.includes("OWNER TO")) await admin.query("RESET ROLE");
      await admin.query(sql);
    });
    const found = await inspectCatalogue(clone.url, plane);
    expect(found[rule]?.length).toBeGreaterThan(0);
  });

  /** Roles belong to the whole server: changed and looked at inside of one transaction that is rolled back. */
  test.each([
    ["BYPASSRLS", "ALTER ROLE portal BYPASSRLS"],
    ["superuser", "ALTER ROLE worker SUPERUSER"],
    ["inheritance", "ALTER ROLE app_tenant INHERIT"],
    ["a membership", "GRANT leasehold_owner TO app_tenant"],
    ["databases of its own", "ALTER ROLE operator CREATEDB"],
  ])("a role with %s", async (_what, sql) => {
    const { adminUrl } = databases.server;
    await withConnection(adminUrl, async (admin) => {
      await admin.query("BEGIN");
      await admin.query(sql);
      const found = await inspectWith(admin, "control");
      await admin.query("ROLLBACK");
      expect(found["roles are bare"]).toHaveLength(1);
    });
  });
});
