import type { Plane } from "@leasehold/db/roles";
import type pg from "pg";
import { splitCondition } from "./split-condition.ts";

/** One protection of a database taken away or widened. */
export interface DatabaseMutation {
  id: string;
  kind: "policy" | "condition" | "row-level security" | "trigger" | "refusal" | "right";
  plane: Plane;
  /** The table that it is about, `schema.table`; empty for a function. */
  table: string;
  sql: string;
}

interface Policy {
  table: string;
  name: string;
  permissive: boolean;
  using: string | null;
  check: string | null;
}

/** Wake-ups, which carry nothing, and a help for migrations: their loss delays or misleads nobody but the developer. */
const noProtection =
  "'announce_command', 'announce_mail', 'announce_mail_request', 'announce_account_erasure', 'announce_session_end', 'announce_second_factor_reset', 'change_rows'";
const ours = "n.nspname in ('control', 'app', 'keyring')";

/** Every policy, each part of each condition, row-level security itself, each trigger, each refusal in a function and each right. */
export async function listDatabaseMutations(client: pg.Client, plane: Plane): Promise<DatabaseMutation[]> {
  const lists = [policyMutations, tableMutations, triggerMutations, refusalMutations, rightMutations];
  const found: DatabaseMutation[] = [];
  for (const list of lists) for (const mutation of await list(client)) found.push({ ...mutation, plane });
  return found;
}

type Mutation = Omit<DatabaseMutation, "plane">;

async function policyMutations(client: pg.Client): Promise<Mutation[]> {
  const { rows } = await client.query<Policy>(`
    select n.nspname || '.' || c.relname as table, q.polname as name, q.polpermissive as permissive,
      pg_get_expr(q.polqual, q.polrelid) as using, pg_get_expr(q.polwithcheck, q.polrelid) as check
    from pg_policy q join pg_class c on c.oid = q.polrelid join pg_namespace n on n.oid = c.relnamespace where ${ours} order by 1, 2`);
  return rows.flatMap((policy) => [
    {
      id: `${policy.table}.${policy.name} dropped`,
      kind: "policy" as const,
      table: policy.table,
      sql: `drop policy ${policy.name} on ${policy.table}`,
    },
    ...conditionsOf(policy, "USING", policy.using),
    ...conditionsOf(policy, "WITH CHECK", policy.check),
  ]);
}

/** The whole condition, and each of its parts: a part of an AND left out widens, one of an OR narrows. */
function conditionsOf({ table, name }: Policy, clause: "USING" | "WITH CHECK", expression: string | null): Mutation[] {
  if (expression === null || expression === "true") return [];
  const alter = (what: string, condition: string): Mutation => ({
    id: `${table}.${name} ${clause} without ${what}`,
    kind: "condition",
    table,
    sql: `alter policy ${name} on ${table} ${clause} (${condition})`,
  });
  const { operator, parts } = splitCondition(expression);
  const whole = alter("its condition", "true");
  if (operator === undefined) return [whole];
  const without = (left: number) => parts.filter((_, index) => index !== left).join(` ${operator} `);
  return [whole, ...parts.map((part, index) => alter(part, without(index)))];
}

async function tableMutations(client: pg.Client): Promise<Mutation[]> {
  const { rows } = await client.query<{ table: string }>(`
    select n.nspname || '.' || c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and c.relkind in ('r', 'p') and c.relrowsecurity and (not c.relispartition or c.relname like '%_p00') order by 1`);
  return rows.flatMap(({ table }) =>
    ["disable row level security", "no force row level security"].map((change) => ({
      id: `${table} ${change}`,
      kind: "row-level security" as const,
      table,
      sql: `alter table ${table} ${change}`,
    })),
  );
}

async function triggerMutations(client: pg.Client): Promise<Mutation[]> {
  const { rows } = await client.query<{ table: string; name: string }>(`
    select n.nspname || '.' || c.relname as table, t.tgname as name
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and not t.tgisinternal and (select p.proname from pg_proc p where p.oid = t.tgfoid) not in (${noProtection}) and not c.relispartition order by 1, 2`);
  return rows.map(({ table, name }) => ({
    id: `${table}.${name} dropped`,
    kind: "trigger" as const,
    table,
    sql: `drop trigger ${name} on ${table}`,
  }));
}

/** A function that refuses something goes on in its place. */
async function refusalMutations(client: pg.Client): Promise<Mutation[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(`
    select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as definition
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${ours} and p.prosrc ~ 'RAISE EXCEPTION' and p.proname not in (${noProtection}) order by 1`);
  return rows.flatMap(({ name, definition }) =>
    [...definition.matchAll(/RAISE EXCEPTION '([^']*)'[^;]*;/g)].map((match) => ({
      id: `${name} does not say "${match[1]}"`,
      kind: "refusal" as const,
      table: "",
      sql: `${definition.slice(0, match.index)}NULL;${definition.slice(match.index + match[0].length)}`,
    })),
  );
}

/** Each right on a table given to each process that has it not, and taken from each that has it, on the whole table. */
async function rightMutations(client: pg.Client): Promise<Mutation[]> {
  const { rows } = await client.query<{ table: string; role: string; verb: string; held: boolean }>(`
    select n.nspname || '.' || c.relname as table, r.rolname as role, verb, has_table_privilege(r.oid, c.oid, verb) as held
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r,
      unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as verb
    where ${ours} and c.relkind in ('r', 'p') and not c.relispartition
      and r.rolname in ('portal', 'operator', 'worker', 'app_tenant', 'auditor', 'identity', 'console_identity')
      and has_database_privilege(r.oid, current_database(), 'CONNECT') order by 1, 2, 3`);
  return rows.map(({ table, role, verb, held }) => ({
    id: `${verb} on ${table} ${held ? "taken from" : "given to"} ${role}`,
    kind: "right" as const,
    table,
    sql: held ? `revoke ${verb} on ${table} from ${role}` : `grant ${verb} on ${table} to ${role}`,
  }));
}
