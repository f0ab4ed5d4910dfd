-- Who asks is set once per transaction and read by every policy. A pooled connection keeps nothing: the settings are
-- local to the transaction, and revert to the empty string.
CREATE SCHEMA control;
-- Functions are for everybody unless told otherwise; here nothing is.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA control TO portal, operator, worker, auditor;

CREATE FUNCTION control.current_tenant() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('app.tenant', true), '') $$;
CREATE FUNCTION control.current_user_id() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('app.user', true), '') $$;
-- SHA-256, hex, of the capability that the caller presented: a sign-up's or an invitation's.
CREATE FUNCTION control.current_capability() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('app.capability', true), '') $$;

-- Names the tenant, the person and the capability of this transaction; an empty string means none.
CREATE FUNCTION control.enter(tenant text, user_id text DEFAULT '', capability text DEFAULT '') RETURNS void
  LANGUAGE sql VOLATILE
  AS $$
    SELECT set_config('app.tenant', tenant, true), set_config('app.user', user_id, true), set_config('app.capability', capability, true)
  $$;
GRANT EXECUTE ON FUNCTION control.current_tenant(), control.current_user_id(), control.current_capability() TO portal, operator, worker, auditor;
GRANT EXECUTE ON FUNCTION control.enter(text, text, text) TO portal, operator, worker;

-- Every table goes through here: row-level security on and forced, the owner let in for migrations only, the auditor
-- for reading. Each table then says itself who else may do what; what it does not say is refused.
CREATE FUNCTION control.protect(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY owner_migrates ON %s TO leasehold_owner USING (true) WITH CHECK (true)', target);
  EXECUTE format('CREATE POLICY auditor_reads ON %s FOR SELECT TO auditor USING (true)', target);
  EXECUTE format('GRANT SELECT ON %s TO auditor', target);
END $$;

-- For migrations that change rows: a statement that meets a policy other than the owner's changes nothing, in silence.
CREATE FUNCTION control.change_rows(target regclass, statement text, expected bigint) RETURNS void LANGUAGE plpgsql AS $$
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
