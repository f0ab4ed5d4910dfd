-- What a caller was answered under its idempotency key, for as long as it may ask again. The row is claimed before the effect
-- and filled in the effect's own transaction, so duplicates at the same time wait for one another and only one has an effect.
CREATE TABLE app.idempotency_keys (
  tenant_id text NOT NULL,
  -- Another actor's keys are other keys: nobody is answered what somebody else was.
  actor text NOT NULL,
  key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
  -- The request's digest and its answer, under the tenant's key. Empty only within the transaction that claims.
  sealed bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, actor, key_hash)
) PARTITION BY HASH (tenant_id);
CREATE INDEX idempotency_keys_by_expiry ON app.idempotency_keys (tenant_id, expires_at);

SELECT app.protect('app.idempotency_keys');
SELECT app.partition('app.idempotency_keys');
GRANT INSERT, UPDATE (sealed, created_at, expires_at), DELETE ON app.idempotency_keys TO app_tenant;
GRANT DELETE ON app.idempotency_keys TO worker;
