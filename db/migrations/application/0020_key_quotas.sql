-- A daily quota of an API key's own, beneath the tenant's. Null: the tenant's alone.
ALTER TABLE app.api_keys
  ADD COLUMN requests_per_day bigint CHECK (requests_per_day > 0),
  ADD CHECK (requests_per_day IS NULL OR requests_per_second IS NOT NULL);
GRANT UPDATE (requests_per_day) ON app.api_keys TO app_tenant;

-- As find_key, with the quota. That one stays for processes of the version before, whose prepared statements another result would break.
CREATE FUNCTION app.read_key(tenant text, key text)
  RETURNS TABLE (
    secret_hash bytea, scopes jsonb, live boolean, live_ms double precision, last_used_at timestamptz,
    requests_per_second double precision, burst integer, requests_per_day bigint
  ) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('app.tenant', tenant, true);
  RETURN QUERY SELECT k.secret_hash, k.scopes, k.revoked_at IS NULL AND k.expires_at > now(),
    extract(epoch FROM k.expires_at - now())::double precision * 1000, k.last_used_at, k.requests_per_second, k.burst, k.requests_per_day
    FROM app.api_keys k WHERE k.tenant_id = tenant AND k.key_id = key;
  PERFORM set_config('app.tenant', '', true);
END $$;
GRANT EXECUTE ON FUNCTION app.read_key(text, text) TO app_tenant;
