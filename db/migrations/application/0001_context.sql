-- The application plane of the pool, and of each tenant that has a database of its own: one schema, one code.
CREATE SCHEMA app;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA app TO app_tenant, worker, auditor;

CREATE FUNCTION app.current_tenant() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('app.tenant', true), '') $$;
GRANT EXECUTE ON FUNCTION app.current_tenant() TO app_tenant, worker, auditor;

-- Row-level security on and forced, the owner let in for migrations only, the auditor for reading, a tenant's
-- transaction and the worker's for that tenant's rows. Which verbs, the grants beside each table say.
CREATE FUNCTION app.protect(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY owner_migrates ON %s TO leasehold_owner USING (true) WITH CHECK (true)', target);
  EXECUTE format('CREATE POLICY auditor_reads ON %s FOR SELECT TO auditor USING (true)', target);
  EXECUTE format(
    'CREATE POLICY tenant_own ON %s TO app_tenant, worker USING (tenant_id = app.current_tenant()) WITH CHECK (tenant_id = app.current_tenant())',
    target);
  EXECUTE format('GRANT SELECT ON %s TO auditor, app_tenant, worker', target);
END $$;

-- A fixed number of partitions, so that onboarding needs no DDL. Nobody has rights on a partition, and without a
-- policy of its own each is shut also to its owner: rows are reached through the parent only.
CREATE FUNCTION app.partition(target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE part text;
BEGIN
  FOR n IN 0..63 LOOP
    part := format('%s_p%s', target, lpad(n::text, 2, '0'));
    EXECUTE format('CREATE TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS 64, REMAINDER %s)', part, target, n);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
  END LOOP;
END $$;

-- For migrations that change rows: a statement that meets a policy other than the owner's changes nothing, in silence.
CREATE FUNCTION app.change_rows(target regclass, statement text, expected bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE changed bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = target AND polname = 'owner_migrates') THEN
    RAISE EXCEPTION 'the owner has no policy on %: the statement would change nothing', target;
  END IF;
  EXECUTE statement;
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF changed <> expected THEN
    RAISE EXCEPTION '% rows of % were changed, % were expected', changed, target, expected;
  END IF;
END $$;
