-- The only wrapped copies of data keys anywhere, in a database of its own: its backups end early, and what is deleted
-- here with the KMS key beside it cannot be read again.
CREATE SCHEMA keyring;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA keyring TO app_tenant, worker, auditor;

CREATE FUNCTION keyring.current_tenant() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('app.tenant', true), '') $$;
GRANT EXECUTE ON FUNCTION keyring.current_tenant() TO app_tenant, worker, auditor;

-- Names the tenant of this transaction. No fence: whether a key may be used is its lease's and the KMS key's to say.
CREATE FUNCTION keyring.enter(tenant text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('app.tenant', tenant, true);
END $$;
GRANT EXECUTE ON FUNCTION keyring.enter(text) TO app_tenant, worker;

CREATE TABLE keyring.data_keys (
  tenant_id text NOT NULL CHECK (tenant_id ~ '^tnt_[0-9A-HJKMNP-TV-Z]{26}$'),
  version integer NOT NULL CHECK (version > 0),
  wrapped bytea NOT NULL,
  kms_key_arn text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, version)
);
ALTER TABLE keyring.data_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_migrates ON keyring.data_keys TO leasehold_owner USING (true) WITH CHECK (true);
CREATE POLICY auditor_reads ON keyring.data_keys FOR SELECT TO auditor USING (true);
CREATE POLICY tenant_own ON keyring.data_keys TO app_tenant, worker
  USING (tenant_id = keyring.current_tenant()) WITH CHECK (tenant_id = keyring.current_tenant());
GRANT SELECT ON keyring.data_keys TO app_tenant, worker;
GRANT INSERT, DELETE ON keyring.data_keys TO worker;
-- What an inventory needs; not the key.
GRANT SELECT (tenant_id, version, kms_key_arn, created_at) ON keyring.data_keys TO auditor;
