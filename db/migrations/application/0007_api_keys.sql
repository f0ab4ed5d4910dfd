-- Keys of a tenant's own programs. The text of a key names its tenant and row; of its secret only the SHA-256 is kept, and
-- the secret has 256 random bits, so that the digest opens nothing.
CREATE TABLE app.api_keys (
  tenant_id text NOT NULL,
  key_id text NOT NULL CHECK (key_id ~ '^key_[0-9A-HJKMNP-TV-Z]{26}$'),
  name_cipher bytea NOT NULL,
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  scopes jsonb NOT NULL CHECK (jsonb_typeof(scopes) = 'array'),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  -- At most once a minute.
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  PRIMARY KEY (tenant_id, key_id),
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
SELECT app.protect('app.api_keys');
GRANT INSERT, UPDATE (last_used_at, revoked_at, revoked_by) ON app.api_keys TO app_tenant;
GRANT DELETE ON app.api_keys TO worker;
REVOKE SELECT ON app.api_keys FROM auditor, worker;
GRANT SELECT (tenant_id, key_id, scopes, created_by, created_at, expires_at, last_used_at, revoked_at, revoked_by) ON app.api_keys TO auditor, worker;

-- Finds a key in one round trip and outside of any tenant's transaction, whatever the tenant's home says, so that a tenant that
-- is unknown, closed or moved takes the same statement as any other.
CREATE FUNCTION app.find_api_key(tenant text, key text)
  RETURNS TABLE (secret_hash bytea, scopes jsonb, live boolean, live_ms double precision, last_used_at timestamptz) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('app.tenant', tenant, true);
  RETURN QUERY SELECT k.secret_hash, k.scopes, k.revoked_at IS NULL AND k.expires_at > now(),
    extract(epoch FROM k.expires_at - now())::double precision * 1000, k.last_used_at
    FROM app.api_keys k WHERE k.tenant_id = tenant AND k.key_id = key;
  PERFORM set_config('app.tenant', '', true);
END $$;
GRANT EXECUTE ON FUNCTION app.find_api_key(text, text) TO app_tenant;
