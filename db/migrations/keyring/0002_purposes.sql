-- Names are indexed under a key of its own, so that data keys can be retired one after the other. What a wrapped key was
-- sealed as is what KMS authenticates; it stays when the key is wrapped anew under another KMS key.
ALTER TABLE keyring.data_keys
  ADD COLUMN purpose text NOT NULL DEFAULT 'data' CHECK (purpose IN ('data', 'index')),
  ADD COLUMN sealed_as text NOT NULL DEFAULT 'data' CHECK (sealed_as IN ('data', 'index')),
  -- The KMS key is the customer's: it may be switched off at any time, and that is no fault of ours.
  ADD COLUMN customer_managed boolean NOT NULL DEFAULT false,
  -- The operation that made this version: once each.
  ADD COLUMN operation_id text,
  -- As it was before the change that is under way, so that taking the change back needs no KMS; empty between changes.
  ADD COLUMN previous_wrapped bytea,
  ADD COLUMN previous_kms_key_arn text,
  ADD COLUMN previous_customer_managed boolean;
ALTER TABLE keyring.data_keys DROP CONSTRAINT data_keys_pkey;
ALTER TABLE keyring.data_keys ADD PRIMARY KEY (tenant_id, purpose, version);
CREATE UNIQUE INDEX data_keys_by_operation ON keyring.data_keys (tenant_id, operation_id) WHERE operation_id IS NOT NULL;

-- Tenants from before were indexed under their first data key; it stays, as their index key.
INSERT INTO keyring.data_keys (tenant_id, purpose, version, wrapped, kms_key_arn, created_at)
  SELECT tenant_id, 'index', 1, wrapped, kms_key_arn, created_at FROM keyring.data_keys WHERE version = 1;

GRANT UPDATE (wrapped, kms_key_arn, customer_managed, previous_wrapped, previous_kms_key_arn, previous_customer_managed) ON keyring.data_keys TO worker;
GRANT SELECT (purpose, sealed_as, customer_managed, operation_id, previous_kms_key_arn) ON keyring.data_keys TO auditor;
