import { withConnection } from "@leasehold/db/client";
import { connectRoles, type Plane, type ProcessRole, planes } from "@leasehold/db/roles";
import { newId } from "@leasehold/domain/ids";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { crossTenantPolicies } from "../support/catalogue/register.ts";
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

const entries: Record<Plane, Partial<Record<ProcessRole, string>>> = {
  control: { portal: "select control.enter($1)", operator: "select control.enter($1)", worker: "select control.enter($1)" },
  application: { app_tenant: "select app.enter($1, 1)", worker: "select app.administer($1)" },
  keyring: { app_tenant: "select keyring.enter($1)", worker: "select keyring.enter($1)" },
};
const cases = planes.flatMap((plane) => connectRoles[plane].map((role) => ({ plane, role })));
const verbs = ["SELECT", "INSERT", "UPDATE", "DELETE"] as const;
type Verb = (typeof verbs)[number];

interface Table {
  name: string;
  /** Columns that the role may use with a verb; none when it may not. */
  columns: Record<Verb, string[]>;
  /** Verbs in which a policy of the register lets the role beyond one tenant. */
  crossing: string[];
}

/** Every table with a tenant, and what the role was granted on it. */
async function tablesOf(plane: Plane, role: ProcessRole): Promise<Table[]> {
  const rows = await databases.query<{ name: string; columns: Record<Verb, string[]>; policies: { name: string; verb: string }[] }>(
    plane,
    `select n.nspname || '.' || c.relname as name,
       (select jsonb_object_agg(verb, (select coalesce(jsonb_agg(a.attname order by a.attnum), '[]') from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            and case verb when 'DELETE' then has_table_privilege($1, c.oid, verb) else has_column_privilege($1, c.oid, a.attnum, verb) end))
        from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as verb) as columns,
       (select coalesce(jsonb_agg(jsonb_build_object('name', n.nspname || '.' || c.relname || '.' || q.polname, 'verb', q.polcmd)), '[]')
        from pg_policy q where q.polrelid = c.oid and (select oid from pg_roles where rolname = $1) = any (q.polroles)) as policies
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
       and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') order by 1`,
    [role],
  );
  const letters: Record<string, string> = { r: "SELECT", a: "INSERT", w: "UPDATE", d: "DELETE" };
  return rows.map(({ name, columns, policies }) => {
    const beyond = policies.filter((policy) => policy.name in crossTenantPolicies || /\.(operator|auditor)_reads$/.test(policy.name));
    return { name, columns, crossing: beyond.map((policy) => letters[policy.verb] ?? "*") };
  });
}

/** Rows affected or seen, or the SQLSTATE; nothing stays. */
async function attempt(client: pg.Client, text: string, values: unknown[]): Promise<number | string> {
  await client.query("savepoint attempt");
  try {
    const result = await client.query(text, values);
    return text.startsWith("select") ? Number(result.rows[0]?.count) : (result.rowCount ?? 0);
  } catch (error) {
    return error instanceof pg.DatabaseError ? (error.code ?? "unknown") : Promise.reject(error);
  } finally {
    await client.query("rollback to savepoint attempt");
  }
}

const statements: Record<Verb, (table: Table) => string> = {
  SELECT: ({ name }) => `select count(tenant_id) from ${name} where tenant_id = $1`,
  DELETE: ({ name }) => `delete from ${name} where tenant_id = $1`,
  UPDATE: ({ name, columns }) =>
    `update ${name} set ${columns.UPDATE[0] ?? "tenant_id"} = ${columns.UPDATE[0] ?? "tenant_id"} where tenant_id = $1`,
  INSERT: ({ name, columns }) => {
    const list = columns.INSERT.length === 0 ? "tenant_id" : columns.INSERT.join(", ");
    return `insert into ${name} (${list}) select ${list} from jsonb_populate_record(null::${name}, $1)`;
  },
};

describe.each(cases)("$role in the $plane database", ({ plane, role }) => {
  test("does what it was granted, for its tenant alone", async () => {
    const tables = await tablesOf(plane, role);
    expect(tables.map((table) => table.name).filter((name) => theirs.rows[name] === undefined)).toEqual([]);
    const problems = await withConnection(databases.urlOf(plane, role), async (client) => {
      const found: string[] = [];
      const entry = entries[plane][role];
      for (const scope of entry === undefined ? ["nobody"] : ["ours", "nobody"]) {
        await client.query("begin");
        if (scope === "ours" && entry !== undefined) await client.query(entry, [ours.tenantId]);
        for (const table of tables)
          for (const verb of verbs) {
            const about = (seeded: Seeded) => (verb === "INSERT" ? JSON.stringify(seeded.rows[table.name]) : seeded.tenantId);
            const outcome = await attempt(client, statements[verb](table), [about(theirs)]);
            const granted = verb === "SELECT" ? table.columns.SELECT.includes("tenant_id") : table.columns[verb].length > 0;
            const crosses = table.crossing.includes(verb);
            // A key of another tenant's may be refused by a guard before the policy is asked; never by "exists already".
            const refused =
              outcome === "42501" || (granted && verb !== "INSERT" && outcome === 0) || (verb === "INSERT" && outcome === "LH003");
            if (!granted && outcome !== "42501") found.push(`${scope}: ${verb} ${table.name} was not granted, yet: ${outcome}`);
            if (granted && !crosses && !refused) found.push(`${scope}: ${verb} ${table.name} reached another tenant: ${outcome}`);
            if (
              scope === "ours" &&
              verb === "SELECT" &&
              granted &&
              (await attempt(client, statements.SELECT(table), [ours.tenantId])) === 0
            )
              found.push(`${scope}: SELECT ${table.name} does not see its own tenant's row`);
          }
        await client.query("rollback");
      }
      return found;
    });
    expect(problems).toEqual([]);
  });
});

test("the auditor sees a row whose tenant nobody knows", async () => {
  const lost = newId("tenant");
  await databases.query("application", "insert into app.tenant_home values ($1, 1, 'rw')", [lost]);
  const seen = await withConnection(databases.urlOf("application", "auditor"), (client) =>
    client.query("select from app.tenant_home where tenant_id = $1", [lost]),
  );
  expect(seen.rowCount).toBe(1);
});
