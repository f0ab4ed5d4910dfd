/** Each query answers with what is wrong: one row per violation, column `wrong`. Arguments are jsonb, see inspect-catalogue.ts. */
const ours = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
const hasTenant = "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)";
const name = "n.nspname || '.' || c.relname";
const tables = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND ${ours}`;
const bareRole =
  "NOT r.rolsuper AND NOT r.rolbypassrls AND NOT r.rolinherit AND NOT r.rolreplication AND NOT r.rolcreaterole AND r.rolcanlogin";

export const catalogueQueries: Record<string, string> = {
  "row-level security is enabled and forced": `
    SELECT ${name} || ': row-level security is not enabled and forced' AS wrong FROM ${tables}
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
      AND NOT ($1::jsonb -> 'openTables' ? (${name})) AND NOT ($1::jsonb -> 'privateSchemas' ? n.nspname::text)`,
  "tables without a tenant hold none": `
    SELECT ${name} || ': has tenant_id and no row-level security' AS wrong FROM ${tables}
      AND ${hasTenant} AND NOT ($1::jsonb -> 'privateTenantTables' ? (${name}))
      AND ($1::jsonb -> 'openTables' ? (${name}) OR $1::jsonb -> 'privateSchemas' ? n.nspname::text)`,
  "every protected table lets in the owner and the auditor": `
    SELECT ${name} || ': no policy ' || p.wanted AS wrong FROM (VALUES ('owner_migrates', 'leasehold_owner'), ('auditor_reads', 'auditor')) p (wanted, role),
      ${tables} AND c.relrowsecurity AND NOT c.relispartition AND NOT EXISTS (
        SELECT FROM pg_policy q WHERE q.polrelid = c.oid AND q.polname = p.wanted AND pg_get_expr(q.polqual, q.polrelid) = 'true'
          AND q.polroles = ARRAY[(SELECT oid FROM pg_roles WHERE rolname = p.role)])`,
  "policies have USING and WITH CHECK": `
    SELECT ${name} || '.' || q.polname || ': lacks USING or WITH CHECK' AS wrong
    FROM pg_policy q JOIN pg_class c ON c.oid = q.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE (q.polcmd IN ('r', 'w', 'd', '*') AND q.polqual IS NULL) OR (q.polcmd IN ('a', 'w', '*') AND q.polwithcheck IS NULL)`,
  "policies name their roles": `
    SELECT ${name} || '.' || q.polname || ': is for everybody' AS wrong
    FROM pg_policy q JOIN pg_class c ON c.oid = q.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE 0 = ANY (q.polroles)`,
  "policies keep to one tenant": `
    SELECT ${name} || '.' || q.polname || ': is not bound to the tenant, the person or the capability' AS wrong
    FROM pg_policy q JOIN pg_class c ON c.oid = q.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
      LATERAL unnest(ARRAY[pg_get_expr(q.polqual, q.polrelid), pg_get_expr(q.polwithcheck, q.polrelid)]) AS e (expression)
    WHERE e.expression !~ 'current_(tenant|user_id|capability)\\(\\)'
      AND q.polpermissive
      AND NOT (q.polname = 'owner_migrates' AND q.polroles = ARRAY[(SELECT oid FROM pg_roles WHERE rolname = 'leasehold_owner')])
      AND NOT (q.polname = 'auditor_reads' AND q.polcmd = 'r' AND q.polroles = ARRAY[(SELECT oid FROM pg_roles WHERE rolname = 'auditor')])
      AND NOT (q.polname = 'operator_reads' AND q.polcmd = 'r' AND q.polroles = ARRAY[(SELECT oid FROM pg_roles WHERE rolname = 'operator')])
      AND NOT ($1::jsonb -> 'crossTenantPolicies' ? (${name} || '.' || q.polname))`,
  "partitions are reached through their parent only": `
    SELECT ${name} || ': is a partition with a policy or a grant' AS wrong FROM ${tables} AND c.relispartition
      AND (EXISTS (SELECT FROM pg_policy q WHERE q.polrelid = c.oid)
        OR EXISTS (SELECT FROM aclexplode(c.relacl) g WHERE g.grantee <> c.relowner))`,
  "roles are bare": `
    SELECT r.rolname || ': is missing a restriction' AS wrong FROM pg_roles r
      WHERE $1::jsonb -> 'roles' ? r.rolname::text AND NOT (${bareRole} AND r.rolcreatedb = (r.rolname = 'leasehold_owner'))
    UNION ALL SELECT r.rolname || ': is a member of another role' FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
      WHERE $1::jsonb -> 'roles' ? r.rolname::text
        AND NOT (r.rolname = 'leasehold_owner' AND m.roleid = 'pg_signal_backend'::regrole AND NOT m.set_option AND NOT m.admin_option)
    UNION ALL SELECT role || ': does not exist' FROM jsonb_array_elements_text($1::jsonb -> 'roles') AS role
      WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role)`,
  "everything belongs to leasehold_owner": `
    SELECT kind || ' ' || name || ': belongs to ' || pg_get_userbyid(owner) AS wrong FROM (
      SELECT 'relation' AS kind, ${name} AS name, c.relowner AS owner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE ${ours} AND n.nspname <> 'public'
      UNION ALL SELECT 'function', p.oid::regprocedure::text, p.proowner FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${ours}
      UNION ALL SELECT 'schema', n.nspname, n.nspowner FROM pg_namespace n WHERE ${ours} AND n.nspname <> 'public'
      UNION ALL SELECT 'database', d.datname, d.datdba FROM pg_database d WHERE d.datname = current_database()
    ) AS things WHERE pg_get_userbyid(owner) <> 'leasehold_owner'`,
  "indexes begin with the tenant": `
    SELECT n.nspname || '.' || i.relname || ': does not begin with tenant_id' AS wrong
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${ours} AND ${hasTenant} AND NOT c.relispartition AND NOT ($1::jsonb -> 'privateSchemas' ? n.nspname::text)
      AND (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = x.indkey[0]) IS DISTINCT FROM 'tenant_id'
      AND NOT ($1::jsonb -> 'otherIndexes' ? (n.nspname || '.' || i.relname))`,
  "tenant tables have a primary key": `
    SELECT ${name} || ': has no primary key' AS wrong FROM ${tables} AND NOT EXISTS (
      SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisprimary)`,
  "foreign keys begin with the tenant": `
    SELECT ${name} || '.' || k.conname || ': does not begin with tenant_id on both sides' AS wrong
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND ${ours} AND ${hasTenant} AND NOT ($1::jsonb -> 'privateSchemas' ? n.nspname::text) AND (
      (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1]) <> 'tenant_id'
      OR (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = k.confrelid AND a.attnum = k.confkey[1]) <> 'tenant_id')`,
  "functions run with their caller's rights": `
    SELECT p.oid::regprocedure || ': is SECURITY DEFINER' AS wrong FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE ${ours} AND p.prosecdef`,
  "views run with their caller's rights": `
    SELECT ${name} || ': is a view without security_invoker, or a copy without policies' AS wrong
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${ours} AND (c.relkind IN ('m', 'f') OR (c.relkind = 'v' AND NOT COALESCE(c.reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on']))`,
  "nothing is for everybody": `
    SELECT 'PUBLIC: ' || g.privilege_type || ' on ' || things.name AS wrong FROM (
      SELECT ${name} AS name, c.relacl AS acl FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${ours}
      UNION ALL SELECT ${name} || '.' || a.attname, a.attacl FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${ours}
      UNION ALL SELECT p.oid::regprocedure::text, COALESCE(p.proacl, acldefault('f', p.proowner)) FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${ours}
      UNION ALL SELECT n.nspname, n.nspacl FROM pg_namespace n WHERE ${ours}
      UNION ALL SELECT d.datname, COALESCE(d.datacl, acldefault('d', d.datdba)) FROM pg_database d WHERE d.datname = current_database()
    ) AS things, aclexplode(things.acl) g WHERE g.grantee = 0`,
  "no role may hand on, truncate, refer to or hook into a table": `
    SELECT ${name} || ': ' || pg_get_userbyid(g.grantee) || ' has ' || g.privilege_type || CASE WHEN g.is_grantable THEN ' with grant option' ELSE '' END AS wrong
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) g
    WHERE ${ours} AND g.grantee <> c.relowner AND (g.is_grantable OR g.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'))`,
  "triggers fire": `
    SELECT ${name} || '.' || t.tgname || ': is switched off' AS wrong
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${ours} AND t.tgenabled <> 'O'`,
  "only the plane's roles connect": `
    SELECT role || CASE WHEN may THEN ': may connect' ELSE ': cannot connect' END AS wrong FROM (
      SELECT r.rolname AS role, has_database_privilege(r.oid, current_database(), 'CONNECT') AS may FROM pg_roles r
      WHERE $1::jsonb -> 'roles' ? r.rolname::text AND r.rolname <> 'leasehold_owner') AS roles
    WHERE may <> ($1::jsonb -> 'connect' ? role::text)`,
  "private schemas are their role's alone": `
    SELECT s.schema || ': ' || r.rolname || ' may use it' AS wrong
    FROM jsonb_each_text($1::jsonb -> 'privateSchemas') AS s (schema, role) JOIN pg_namespace n ON n.nspname = s.schema, pg_roles r
    WHERE $1::jsonb -> 'roles' ? r.rolname::text AND r.rolname NOT IN (s.role, 'auditor', 'leasehold_owner') AND has_schema_privilege(r.oid, n.oid, 'USAGE')`,
};
