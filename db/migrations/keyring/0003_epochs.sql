-- The model of tenants without a KMS key of their own: their wrapped data keys are under the branch key of their pool's epoch, and that
-- one is under the epoch's KMS key. No tenant is named here. Turning an epoch moves what is left to the next one, destroys the branch
-- key and has the KMS key deleted, so that copies of this database from before open nothing.
CREATE TABLE keyring.epochs (
  pool text NOT NULL CHECK (pool ~ '^[a-z][a-z0-9-]{0,30}$'),
  epoch integer NOT NULL CHECK (epoch > 0),
  state text NOT NULL DEFAULT 'CURRENT' CHECK (state IN ('CURRENT', 'TURNING', 'RETIRED')),
  -- Wrapped by KMS, which authenticates pool and epoch with it. None once the epoch is retired.
  branch_key bytea,
  kms_key_arn text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Since when a shredding waits for the epoch's end, and for which moment its turn was asked.
  turn_wanted_at timestamptz,
  turn_due_at timestamptz,
  turned_at timestamptz,
  retired_at timestamptz,
  -- What KMS answered about the key, once it was switched off and its deletion scheduled: the turn has ended.
  key_state text,
  deletion_at timestamptz,
  PRIMARY KEY (pool, epoch),
  CHECK ((turn_wanted_at IS NULL) = (turn_due_at IS NULL)),
  CHECK ((state = 'CURRENT') = (turned_at IS NULL)),
  CHECK ((state = 'RETIRED') = (retired_at IS NOT NULL)),
  CHECK ((state = 'RETIRED') = (branch_key IS NULL)),
  CHECK (state = 'RETIRED' OR key_state IS NULL)
);
-- One epoch takes new keys, and one turn is under way, in each pool.
CREATE UNIQUE INDEX epochs_current ON keyring.epochs (pool) WHERE state = 'CURRENT';
CREATE UNIQUE INDEX epochs_turning ON keyring.epochs (pool) WHERE state = 'TURNING';

-- Under which epoch a key is wrapped, where its KMS key is written as `epoch:<pool>`; otherwise KMS wraps it.
ALTER TABLE keyring.data_keys
  ADD COLUMN epoch integer,
  ADD COLUMN previous_epoch integer,
  -- Since when the application plane is kept from the key; it stays as it is. For tenants whose KMS key is not theirs to switch off.
  ADD COLUMN withheld_at timestamptz,
  ADD CHECK ((epoch IS NOT NULL) = starts_with(kms_key_arn, 'epoch:')),
  ADD CHECK ((previous_epoch IS NOT NULL) = coalesce(starts_with(previous_kms_key_arn, 'epoch:'), false));
CREATE INDEX data_keys_by_epoch ON keyring.data_keys (kms_key_arn, epoch, tenant_id, purpose, version) WHERE epoch IS NOT NULL;
CREATE INDEX data_keys_by_previous_epoch ON keyring.data_keys (previous_kms_key_arn, previous_epoch) WHERE previous_epoch IS NOT NULL;
GRANT UPDATE (epoch, previous_epoch, withheld_at) ON keyring.data_keys TO worker;
GRANT SELECT (epoch, previous_epoch, withheld_at) ON keyring.data_keys TO auditor;
CREATE POLICY not_withheld ON keyring.data_keys AS RESTRICTIVE FOR SELECT TO app_tenant USING (withheld_at IS NULL);

ALTER TABLE keyring.epochs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_migrates ON keyring.epochs TO leasehold_owner USING (true) WITH CHECK (true);
CREATE POLICY auditor_reads ON keyring.epochs FOR SELECT TO auditor USING (true);
CREATE POLICY tenants_unwrap ON keyring.epochs FOR SELECT TO app_tenant USING (state <> 'RETIRED');
CREATE POLICY worker_reads ON keyring.epochs FOR SELECT TO worker USING (true);
CREATE POLICY worker_opens ON keyring.epochs FOR INSERT TO worker WITH CHECK (state = 'CURRENT');
CREATE POLICY worker_turns ON keyring.epochs FOR UPDATE TO worker USING (true) WITH CHECK (true);
GRANT SELECT (pool, epoch, state, branch_key, kms_key_arn) ON keyring.epochs TO app_tenant;
GRANT SELECT, INSERT, UPDATE (state, branch_key, turn_wanted_at, turn_due_at, turned_at, retired_at, key_state, deletion_at) ON keyring.epochs TO worker;
-- What an inventory needs; not the branch key.
GRANT SELECT (pool, epoch, state, kms_key_arn, created_at, turn_wanted_at, turn_due_at, turned_at, retired_at, key_state, deletion_at)
  ON keyring.epochs TO auditor;

-- Names the pool of this transaction, for work on its epochs; it enters no tenant.
CREATE FUNCTION keyring.current_pool() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('app.pool', true), '') $$;
CREATE FUNCTION keyring.enter_pool(pool text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('app.tenant', '', true), set_config('app.pool', pool, true);
END $$;
GRANT EXECUTE ON FUNCTION keyring.current_pool() TO app_tenant, worker, auditor;
GRANT EXECUTE ON FUNCTION keyring.enter_pool(text) TO app_tenant, worker;

-- Tells this keyring from any other whose KMS keys are in the same account: by it the keys of epochs are named, so that an epoch of one
-- is never taken for another's. A copy under another name is another one.
DO $$
BEGIN
  EXECUTE format('CREATE FUNCTION keyring.environment() RETURNS text LANGUAGE sql STABLE AS %L',
    format('SELECT left(md5(%L || current_database()), 16)', gen_random_uuid()));
END $$;
GRANT EXECUTE ON FUNCTION keyring.environment() TO worker;

-- While a pool turns, the worker sees and moves the wrapped keys of all of its tenants that are under an epoch: see the register of
-- exceptions in docs/security.md. It sees none of them at any other time.
CREATE FUNCTION keyring.turning_key() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT 'epoch:' || e.pool FROM keyring.epochs e WHERE e.pool = keyring.current_pool() AND e.state = 'TURNING'
$$;
GRANT EXECUTE ON FUNCTION keyring.turning_key() TO worker;
CREATE POLICY worker_looks_while_turning ON keyring.data_keys FOR SELECT TO worker
  USING ((SELECT keyring.turning_key()) IN (kms_key_arn, previous_kms_key_arn));
CREATE POLICY worker_moves_while_turning ON keyring.data_keys FOR UPDATE TO worker
  USING ((SELECT keyring.turning_key()) IN (kms_key_arn, previous_kms_key_arn))
  WITH CHECK ((SELECT keyring.turning_key()) IN (kms_key_arn, previous_kms_key_arn));

-- A key goes under the current epoch and no other; what is under one already may stay, and is taken back there when a change of keys
-- is taken back. The epoch cannot turn until whoever puts a key under it is done.
CREATE FUNCTION keyring.require_current_epoch(key_arn text, wanted integer) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM FROM keyring.epochs e WHERE e.pool = substr(key_arn, 7) AND e.epoch = wanted AND e.state = 'CURRENT' FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'epoch % takes no keys', wanted USING ERRCODE = 'LH021';
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION keyring.require_current_epoch(text, integer) TO worker;

CREATE FUNCTION keyring.guard_data_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.epoch IS NOT NULL AND (TG_OP = 'INSERT' OR (NEW.kms_key_arn, NEW.epoch) IS DISTINCT FROM (OLD.kms_key_arn, OLD.epoch)
    AND (NEW.kms_key_arn, NEW.epoch) IS DISTINCT FROM (OLD.previous_kms_key_arn, OLD.previous_epoch)) THEN
    PERFORM keyring.require_current_epoch(NEW.kms_key_arn, NEW.epoch);
  END IF;
  IF NEW.previous_epoch IS NOT NULL AND (TG_OP = 'INSERT'
    OR (NEW.previous_kms_key_arn, NEW.previous_epoch) IS DISTINCT FROM (OLD.previous_kms_key_arn, OLD.previous_epoch)
    AND (NEW.previous_kms_key_arn, NEW.previous_epoch) IS DISTINCT FROM (OLD.kms_key_arn, OLD.epoch)) THEN
    PERFORM keyring.require_current_epoch(NEW.previous_kms_key_arn, NEW.previous_epoch);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_data_key BEFORE INSERT OR UPDATE OF kms_key_arn, epoch, previous_kms_key_arn, previous_epoch ON keyring.data_keys
  FOR EACH ROW EXECUTE FUNCTION keyring.guard_data_key();

-- An epoch goes forward, and is not retired while a key is under it.
CREATE FUNCTION keyring.guard_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('CURRENT', 'CURRENT'), ('CURRENT', 'TURNING'), ('TURNING', 'TURNING'), ('TURNING', 'RETIRED'), ('RETIRED', 'RETIRED')) THEN
    RAISE EXCEPTION 'an epoch does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'LH001';
  END IF;
  IF NEW.state = 'RETIRED' AND OLD.state = 'TURNING' THEN
    PERFORM keyring.enter_pool(NEW.pool);
    IF EXISTS (SELECT FROM keyring.data_keys k WHERE k.kms_key_arn = 'epoch:' || NEW.pool AND k.epoch = NEW.epoch)
      OR EXISTS (SELECT FROM keyring.data_keys k WHERE k.previous_kms_key_arn = 'epoch:' || NEW.pool AND k.previous_epoch = NEW.epoch) THEN
      RAISE EXCEPTION 'keys are left under epoch %', NEW.epoch USING ERRCODE = 'LH022';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_epoch BEFORE UPDATE OF state ON keyring.epochs FOR EACH ROW EXECUTE FUNCTION keyring.guard_epoch();
