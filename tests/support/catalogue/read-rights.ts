import type pg from "pg";

/** Rights by table and role, as `SELECT UPDATE(name, state)`: whole tables by the verb alone. */
export type Rights = Record<string, Record<string, string>>;

/** What each process may do with each table of ours, from the grants themselves. */
export async function readRights(client: pg.Client): Promise<Rights> {
  const { rows } = await client.query<{ table: string; role: string; rights: string }>(`
    select n.nspname || '.' || c.relname as table, r.rolname as role, string_agg(
      case when has_table_privilege(r.oid, c.oid, verb) then verb else verb || '(' || columns || ')' end, ' ' order by verb) as rights
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r,
      unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as verb, lateral (
        select string_agg(a.attname, ', ' order by a.attname) as columns from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and verb <> 'DELETE' and has_column_privilege(r.oid, c.oid, a.attnum, verb)) as by_column
    where n.nspname in ('control', 'app', 'keyring', 'identity', 'console_identity') and c.relkind in ('r', 'p') and not c.relispartition
      and r.rolname in ('portal', 'operator', 'worker', 'app_tenant', 'auditor', 'identity', 'console_identity')
      and (has_table_privilege(r.oid, c.oid, verb) or columns is not null)
    group by 1, 2 order by 1, 2`);
  const rights: Rights = {};
  for (const { table, role, rights: text } of rows) {
    rights[table] ??= {};
    rights[table][role] = text;
  }
  return rights;
}
