-- A key for what Temporal keeps of a tenant's runs: the one purpose that the worker may open.
ALTER TABLE keyring.data_keys DROP CONSTRAINT data_keys_purpose_check, DROP CONSTRAINT data_keys_sealed_as_check;
ALTER TABLE keyring.data_keys
  ADD CONSTRAINT data_keys_purpose_check CHECK (purpose IN ('data', 'index', 'payload')),
  ADD CONSTRAINT data_keys_sealed_as_check CHECK (sealed_as IN ('data', 'index', 'payload')),
  -- What is opened under one purpose is never handed on as another's.
  ADD CONSTRAINT data_keys_payload_alone CHECK ((purpose = 'payload') = (sealed_as = 'payload'));

-- The control plane's own keys, which no tenant has: its runs replay after a tenant's keys are gone.
CREATE TABLE keyring.platform_keys (
  name text NOT NULL CHECK (name = 'control-plane'),
  version integer NOT NULL CHECK (version > 0),
  wrapped bytea NOT NULL,
  kms_key_arn text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (name, version)
);
ALTER TABLE keyring.platform_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_migrates ON keyring.platform_keys TO leasehold_owner USING (true) WITH CHECK (true);
CREATE POLICY auditor_reads ON keyring.platform_keys FOR SELECT TO auditor USING (true);
-- Holds no tenant: see the register of exceptions in docs/security.md. Whoever is inside a tenant sees nothing of it.
CREATE POLICY worker_reads ON keyring.platform_keys FOR SELECT TO worker USING (keyring.current_tenant() IS NULL);
CREATE POLICY worker_adds ON keyring.platform_keys FOR INSERT TO worker WITH CHECK (keyring.current_tenant() IS NULL);
GRANT SELECT, INSERT ON keyring.platform_keys TO worker;
GRANT SELECT (name, version, kms_key_arn, created_at) ON keyring.platform_keys TO auditor;
