-- Which KMS keys, or pools, a tenant's wrapped keys were under before a change of keys, and until when: copies of this database from
-- before still have them so. Which epochs of a pool that were follows from the times of the epochs.
CREATE TABLE keyring.former_keys (
  tenant_id text NOT NULL CHECK (tenant_id ~ '^tnt_[0-9A-HJKMNP-TV-Z]{26}$'),
  kms_key_arn text NOT NULL,
  customer_managed boolean NOT NULL,
  left_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, kms_key_arn)
);
ALTER TABLE keyring.former_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_migrates ON keyring.former_keys TO leasehold_owner USING (true) WITH CHECK (true);
CREATE POLICY auditor_reads ON keyring.former_keys FOR SELECT TO auditor USING (true);
CREATE POLICY worker_own ON keyring.former_keys TO worker
  USING (tenant_id = keyring.current_tenant()) WITH CHECK (tenant_id = keyring.current_tenant());
GRANT SELECT, INSERT (tenant_id, kms_key_arn, customer_managed), UPDATE (left_at), DELETE ON keyring.former_keys TO worker;
GRANT SELECT ON keyring.former_keys TO auditor;

-- A key is left when nothing holds it any more: neither what is in use nor what a change of keys would be taken back to.
CREATE FUNCTION keyring.note_former_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO keyring.former_keys (tenant_id, kms_key_arn, customer_managed)
    SELECT OLD.tenant_id, was.arn, coalesce(was.customers, false)
    FROM (VALUES (OLD.kms_key_arn, OLD.customer_managed), (OLD.previous_kms_key_arn, OLD.previous_customer_managed)) was (arn, customers)
    WHERE was.arn <> NEW.kms_key_arn AND was.arn IS DISTINCT FROM NEW.previous_kms_key_arn
    ON CONFLICT (tenant_id, kms_key_arn) DO UPDATE SET left_at = clock_timestamp();
  RETURN NULL;
END $$;
CREATE TRIGGER note_former_key AFTER UPDATE OF kms_key_arn, previous_kms_key_arn ON keyring.data_keys
  FOR EACH ROW EXECUTE FUNCTION keyring.note_former_key();
