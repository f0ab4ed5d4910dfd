import { withConnection } from "@leasehold/db/client";
import type { Plane, ProcessRole } from "@leasehold/db/roles";
import pg from "pg";
import type { Seeded } from "../seed-tenant.ts";
import { crossTenantPolicies, privateTenantTables } from "./register.ts";

/** How a process's role enters a tenant, the only parameter; the others enter nobody. */
export const entries: Record<Plane, Partial<Record<ProcessRole, string>>> = {
  control: { portal: "select control.enter($1)", operator: "select control.enter($1)", worker: "select control.enter($1)" },
  application: { app_tenant: "select app.enter($1, 1)", worker: "select app.administer($1)" },
  keyring: { app_tenant: "select keyring.enter($1)", worker: "select keyring.enter($1)" },
};
const verbs = ["SELECT", "INSERT", "UPDATE", "DELETE"] as const;
type Verb = (typeof verbs)[number];

interface Table {
  name: string;
  /** Columns that the role may use with a verb; none when it may not. */
  columns: Record<Verb, string[]>;
  /** The column that rows are found by: the tenant's, or where the role may not read it, a column of the primary key. */
  key: string;
  /** Verbs in which a policy of the register lets the role beyond one tenant. */
  crossing: string[];
}

/** Every table with a tenant, and what the role was granted on it. */
async function tablesOf(client: pg.Client, role: ProcessRole): Promise<Table[]> {
  const { rows } = await client.query<{
    name: string;
    columns: Record<Verb, string[]>;
    keys: string[];
    policies: { name: string; verb: string }[];
  }>(
    `select n.nspname || '.' || c.relname as name,
       (select jsonb_object_agg(verb, (select coalesce(jsonb_agg(a.attname order by a.attnum), '[]') from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and (a.attgenerated = '' or verb in ('SELECT', 'DELETE'))
            and case verb when 'DELETE' then has_table_privilege($1, c.oid, verb) else has_column_privilege($1, c.oid, a.attnum, verb) end))
        from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as verb) as columns,
       (select coalesce(jsonb_agg(a.attname), '[]') from pg_index x join pg_attribute a on a.attrelid = c.oid and a.attnum = any (x.indkey)
        where x.indrelid = c.oid and x.indisprimary) as keys,
       (select coalesce(jsonb_agg(jsonb_build_object('name', n.nspname || '.' || c.relname || '.' || q.polname, 'verb', q.polcmd)), '[]')
        from pg_policy q where q.polrelid = c.oid and (select oid from pg_roles where rolname = $1) = any (q.polroles)) as policies
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition
       and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') order by 1`,
    [role],
  );
  const letters: Record<string, string> = { r: "SELECT", a: "INSERT", w: "UPDATE", d: "DELETE" };
  return rows
    .filter(({ name }) => !(name in privateTenantTables))
    .map(({ name, columns, keys, policies }) => {
      const beyond = policies.filter((policy) => policy.name in crossTenantPolicies || /\.(operator|auditor)_reads$/.test(policy.name));
      const key = ["tenant_id", ...keys].find((column) => columns.SELECT.includes(column)) ?? "tenant_id";
      return { name, columns, key, crossing: beyond.map((policy) => letters[policy.verb] ?? "*") };
    });
}

/** Rows affected or seen, or the SQLSTATE; nothing stays. */
export async function attempt(client: pg.Client, text: string, values: unknown[]): Promise<number | string> {
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

/** One that may be read too, so that the policy and not the missing right refuses it. */
const changed = ({ SELECT, UPDATE }: Table["columns"]) => UPDATE.find((column) => SELECT.includes(column)) ?? UPDATE[0];

const statements: Record<Verb, (table: Table) => string> = {
  SELECT: ({ name, key }) => `select count(${key}) from ${name} where ${key} = $1`,
  DELETE: ({ name, key }) => `delete from ${name} where ${key} = $1`,
  UPDATE: ({ name, columns, key }) => `update ${name} set ${changed(columns) ?? key} = ${changed(columns) ?? key} where ${key} = $1`,
  INSERT: ({ name, columns }) => {
    const list = columns.INSERT.length === 0 ? "tenant_id" : columns.INSERT.join(", ");
    return `insert into ${name} (${list}) select ${list} from jsonb_populate_record(null::${name}, $1)`;
  },
};

/**
 * Tries every verb on every table as one role, entered for one tenant and for none, against the rows of another tenant.
 * @returns what went otherwise than granted, and tables that have no row to try it on
 */
export function probeVerbs(url: string, plane: Plane, role: ProcessRole, ours: Seeded, theirs: Seeded): Promise<string[]> {
  return withConnection(url, async (client) => {
    await client.query("begin");
    const tables = await tablesOf(client, role);
    const found = tables
      .filter((table) => theirs.rows[table.name] === undefined)
      .map((table) => `${table.name}: seedTenant writes no row of it`);
    return [...found, ...(await probeTables(client, plane, role, tables, ours, theirs))];
  });
}

/** The same for one table within a superuser's transaction, as it sees things; nothing of it stays. */
export async function probeTableAs(
  client: pg.Client,
  { plane, role, table }: { plane: Plane; role: ProcessRole; table: string },
  ours: Seeded,
  theirs: Seeded,
): Promise<string[]> {
  const tables = (await tablesOf(client, role)).filter(({ name }) => name === table);
  await client.query("savepoint as_role");
  await client.query(`set local role ${role}`);
  const found = await probeTables(client, plane, role, tables, ours, theirs);
  await client.query("rollback to savepoint as_role");
  return found;
}

async function probeTables(
  client: pg.Client,
  plane: Plane,
  role: ProcessRole,
  tables: readonly Table[],
  ours: Seeded,
  theirs: Seeded,
): Promise<string[]> {
  const found: string[] = [];
  const entry = entries[plane][role];
  for (const entered of entry === undefined ? [false] : [true, false]) {
    await client.query("savepoint entering");
    if (entered && entry !== undefined) await client.query(entry, [ours.tenantId]);
    for (const table of tables) for (const verb of verbs) found.push(...(await probe(client, table, verb, entered, ours, theirs)));
    await client.query("rollback to savepoint entering");
  }
  return found;
}

async function probe(client: pg.Client, table: Table, verb: Verb, entered: boolean, ours: Seeded, theirs: Seeded): Promise<string[]> {
  const about = (seeded: Seeded) => (verb === "INSERT" ? JSON.stringify(seeded.rows[table.name]) : keyValueOf(seeded, table));
  const outcome = await attempt(client, statements[verb](table), [about(theirs)]);
  const granted = verb === "SELECT" ? table.columns.SELECT.includes(table.key) : table.columns[verb].length > 0;
  if (!granted) return outcome === "42501" ? [] : [`${verb} ${table.name} was not granted, yet: ${outcome}`];
  const found: string[] = [];
  // A guard may refuse a new row before the policy is asked; "exists already" would mean that the policy let it pass.
  const refused = verb === "INSERT" ? outcome === "42501" || outcome === "LH003" : outcome === 0 || outcome === "42501";
  if (!refused && !table.crossing.includes(verb)) found.push(`${verb} ${table.name} reached another tenant: ${outcome}`);
  if (!entered) return found;
  const own = await attempt(client, statements[verb](table), [about(ours)]);
  if (verb === "SELECT" && own === 0) found.push(`${verb} ${table.name} does not see its own tenant's row`);
  if (verb === "INSERT" && !allowed.has(own) && !narrowed.test(table.name))
    found.push(`${verb} ${table.name} is granted and refused: ${own}`);
  return found;
}

function keyValueOf(seeded: Seeded, { name, key }: Table): unknown {
  return (seeded.rows[name] as Record<string, unknown> | undefined)?.[key] ?? seeded.tenantId;
}

/** An own row again: the policy let it pass, and its key or a guard stopped it. */
const allowed = new Set<number | string>(["23505", "LH003", "LH016", 1]);
/** Rows that are there already are in a state, or of somebody, of which not every role may add one. */
const narrowed = /^control\.(operations|invitations|offboardings|hold_changes)$/;
