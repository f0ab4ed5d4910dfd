-- A rate of an API key's own, beneath what the tenant's plan gives every key. Null: the plan's.
ALTER TABLE app.api_keys
  ADD COLUMN requests_per_second double precision CHECK (requests_per_second > 0 AND requests_per_second < 'Infinity'),
  ADD COLUMN burst integer CHECK (burst > 0),
  ADD CHECK ((requests_per_second IS NULL) = (burst IS NULL));
GRANT UPDATE (requests_per_second, burst) ON app.api_keys TO app_tenant;

-- As find_api_key, with the key's rate. That one stays for processes of the version before, whose prepared statements another result would break.
CREATE FUNCTION app.find_key(tenant text, key text)
  RETURNS TABLE (
    secret_hash bytea, scopes jsonb, live boolean, live_ms double precision, last_used_at timestamptz,
    requests_per_second double precision, burst integer
  ) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('app.tenant', tenant, true);
  RETURN QUERY SELECT k.secret_hash, k.scopes, k.revoked_at IS NULL AND k.expires_at > now(),
    extract(epoch FROM k.expires_at - now())::double precision * 1000, k.last_used_at, k.requests_per_second, k.burst
    FROM app.api_keys k WHERE k.tenant_id = tenant AND k.key_id = key;
  PERFORM set_config('app.tenant', '', true);
END $$;
GRANT EXECUTE ON FUNCTION app.find_key(text, text) TO app_tenant;
