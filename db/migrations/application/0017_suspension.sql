-- A suspended workspace: its owners still read, or nobody enters. Its people are told so, and not to try again in a moment.
ALTER TABLE app.tenant_home DROP CONSTRAINT tenant_home_mode_check;
ALTER TABLE app.tenant_home ADD CONSTRAINT tenant_home_mode_check
  CHECK (mode IN ('rw', 'ro', 'closing', 'suspended', 'shut', 'moved', 'closed'));

-- What is left of a suspended tenant, beside its state; a SUSPENDED one without it is closed to everybody.
ALTER TABLE app.tenant_placement ADD COLUMN suspended_access text CHECK (suspended_access IN ('read-only', 'closed'));

CREATE OR REPLACE FUNCTION app.enter(tenant text, at_epoch integer, writes boolean DEFAULT true) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
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
  ELSIF home.mode IN ('closed', 'shut') OR (home.mode IN ('ro', 'closing', 'suspended') AND writes) THEN
    RAISE EXCEPTION 'tenant % is %', tenant, home.mode USING ERRCODE = 'LH010', DETAIL = home.mode;
  END IF;
  IF NOT writes THEN
    PERFORM set_config('transaction_read_only', 'on', true);
  END IF;
END $$;
