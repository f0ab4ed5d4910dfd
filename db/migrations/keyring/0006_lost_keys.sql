-- Wrapped keys that did not open and were given up: which, and under which epoch they were. What was under them stays closed.
CREATE TABLE keyring.lost_keys (
  tenant_id text NOT NULL CHECK (tenant_id ~ '^tnt_[0-9A-HJKMNP-TV-Z]{26}$'),
  purpose text NOT NULL CHECK (purpose IN ('data', 'index', 'payload')),
  version integer NOT NULL CHECK (version > 0),
  pool text NOT NULL,
  epoch integer NOT NULL,
  -- The decision of two operators, in the control plane.
  loss_id text NOT NULL CHECK (loss_id LIKE 'kls\_%'),
  lost_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, purpose, version, epoch)
);
ALTER TABLE keyring.lost_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_migrates ON keyring.lost_keys TO leasehold_owner USING (true) WITH CHECK (true);
CREATE POLICY auditor_reads ON keyring.lost_keys FOR SELECT TO auditor USING (true);
CREATE POLICY worker_own ON keyring.lost_keys TO worker
  USING (tenant_id = keyring.current_tenant()) WITH CHECK (tenant_id = keyring.current_tenant());
GRANT SELECT, INSERT (tenant_id, purpose, version, pool, epoch, loss_id), DELETE ON keyring.lost_keys TO worker;
GRANT SELECT ON keyring.lost_keys TO auditor;

-- Values name the version of the data key that they are under: that of a lost one is never another key's.
CREATE FUNCTION keyring.guard_lost_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM keyring.lost_keys l WHERE l.tenant_id = NEW.tenant_id AND l.purpose = NEW.purpose AND l.version = NEW.version) THEN
    RAISE EXCEPTION 'version % was another key''s, which is lost', NEW.version USING ERRCODE = 'LH023';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_lost_version BEFORE INSERT ON keyring.data_keys FOR EACH ROW
  WHEN (NEW.purpose = 'data') EXECUTE FUNCTION keyring.guard_lost_version();
