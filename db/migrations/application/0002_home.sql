-- Where a tenant's rows are at home, and whether they may be used. Freeze, suspension and moves write this row.
CREATE TABLE app.tenant_home (
  tenant_id text PRIMARY KEY CHECK (tenant_id ~ '^tnt_[0-9A-HJKMNP-TV-Z]{26}$'),
  epoch integer NOT NULL CHECK (epoch > 0),
  mode text NOT NULL DEFAULT 'rw' CHECK (mode IN ('rw', 'ro', 'moved', 'closed'))
);
SELECT app.protect('app.tenant_home');
GRANT INSERT, UPDATE (epoch, mode), DELETE ON app.tenant_home TO worker;

-- In the pool's database for every tenant: how the application plane, which cannot reach the catalog, finds a tenant.
CREATE TABLE app.tenant_placement (
  tenant_id text PRIMARY KEY CHECK (tenant_id ~ '^tnt_[0-9A-HJKMNP-TV-Z]{26}$'),
  epoch integer NOT NULL CHECK (epoch > 0),
  state text NOT NULL,
  plan text NOT NULL,
  region text NOT NULL,
  -- `pool`, or the name of the tenant's own database.
  database text NOT NULL,
  bucket text NOT NULL,
  object_prefix text NOT NULL,
  key_arn text NOT NULL,
  role_arn text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
SELECT app.protect('app.tenant_placement');
GRANT INSERT, UPDATE, DELETE ON app.tenant_placement TO worker;

CREATE TABLE app.tenant_limits (
  tenant_id text PRIMARY KEY CHECK (tenant_id ~ '^tnt_[0-9A-HJKMNP-TV-Z]{26}$'),
  limits jsonb NOT NULL
);
SELECT app.protect('app.tenant_limits');
GRANT INSERT, UPDATE, DELETE ON app.tenant_limits TO worker;

CREATE FUNCTION app.fence_key(tenant text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT hashtextextended('fence:' || tenant, 0) $$;
GRANT EXECUTE ON FUNCTION app.fence_key(text) TO app_tenant, worker;

-- Enters a tenant's transaction: takes its share of the fence without waiting, then reads the home row as it is after
-- that (a statement of its own, with a snapshot of its own: hence volatile, and READ COMMITTED only), then lets in.
-- A reading transaction is made read only. LH010 read-only or closed, LH011 moved or an older epoch, LH012 unknown,
-- LH013 the fence is taken.
CREATE FUNCTION app.enter(tenant text, at_epoch integer, writes boolean DEFAULT true) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE home record;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'a tenant is entered under READ COMMITTED only' USING ERRCODE = '25001';
  END IF;
  IF NOT pg_try_advisory_xact_lock_shared(app.fence_key(tenant)) THEN
    RAISE EXCEPTION 'tenant % is being changed', tenant USING ERRCODE = 'LH013';
  END IF;
  PERFORM set_config('app.tenant', tenant, true);
  SELECT h.epoch, h.mode INTO home FROM app.tenant_home h WHERE h.tenant_id = tenant;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant % has no home here', tenant USING ERRCODE = 'LH012';
  ELSIF home.mode = 'moved' OR home.epoch <> at_epoch THEN
    RAISE EXCEPTION 'tenant % is not here at epoch %', tenant, at_epoch USING ERRCODE = 'LH011';
  ELSIF home.mode = 'closed' OR (home.mode = 'ro' AND writes) THEN
    RAISE EXCEPTION 'tenant % is %', tenant, home.mode USING ERRCODE = 'LH010', DETAIL = home.mode;
  END IF;
  IF NOT writes THEN
    PERFORM set_config('transaction_read_only', 'on', true);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.enter(text, integer, boolean) TO app_tenant, worker;

-- The worker's way in: sees one tenant's rows whatever its home says, also before there is one. Changes to the home row
-- take the fence by themselves, below.
CREATE FUNCTION app.administer(tenant text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('app.tenant', tenant, true);
END $$;
GRANT EXECUTE ON FUNCTION app.administer(text) TO worker;

-- Whoever changes a home row waits until the tenant's transactions have ended, and lets none in before its own end.
CREATE FUNCTION app.close_fence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(app.fence_key(COALESCE(NEW.tenant_id, OLD.tenant_id)));
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER fence BEFORE INSERT OR UPDATE OR DELETE ON app.tenant_home FOR EACH ROW EXECUTE FUNCTION app.close_fence();

-- Finds a tenant's place in one round trip and outside of any tenant's transaction.
CREATE FUNCTION app.locate(tenant text) RETURNS SETOF app.tenant_placement LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('app.tenant', tenant, true);
  RETURN QUERY SELECT * FROM app.tenant_placement p WHERE p.tenant_id = tenant;
  PERFORM set_config('app.tenant', '', true);
END $$;
GRANT EXECUTE ON FUNCTION app.locate(text) TO app_tenant, worker;
