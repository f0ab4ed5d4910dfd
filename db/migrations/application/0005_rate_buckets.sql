-- Request rates: a token bucket a tenant, and one for each API key that has a rate of its own. In the pool's database for
-- every tenant, as its placement is; a tenant that is withdrawn takes its buckets along.
CREATE TABLE app.rate_buckets (
  tenant_id text NOT NULL REFERENCES app.tenant_placement (tenant_id) ON DELETE CASCADE,
  -- `tenant`, or `key:` and the id of an API key.
  bucket text NOT NULL CHECK (bucket = 'tenant' OR bucket LIKE 'key:%'),
  tokens double precision NOT NULL CHECK (tokens >= 0),
  refilled_at timestamptz NOT NULL,
  -- In UTC. Requests that processes have leased and not used yet count.
  day date NOT NULL,
  day_used bigint NOT NULL DEFAULT 0 CHECK (day_used >= 0),
  PRIMARY KEY (tenant_id, bucket)
) WITH (fillfactor = 50);
SELECT app.protect('app.rate_buckets');
GRANT INSERT, UPDATE (tokens, refilled_at, day, day_used) ON app.rate_buckets TO app_tenant;

-- A bucket's tokens at an instant. A clock that goes back gives none and takes none.
CREATE FUNCTION app.refill(tokens double precision, since timestamptz, at timestamptz, per_second double precision, burst double precision)
  RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT greatest(0, least(burst, tokens + greatest(0, extract(epoch FROM at - since)::double precision) * per_second)) $$;
GRANT EXECUTE ON FUNCTION app.refill(double precision, timestamptz, timestamptz, double precision, double precision) TO app_tenant;

-- Gives back what a process has not used, refills by this server's clock and takes a slice, under the bucket's lock and in
-- one round trip. The tenant's own rates win over its plan's. An answer is not worth a flush of the log: after a crash of
-- the server the takes of its last moments (three times wal_writer_delay at most) are forgotten.
CREATE FUNCTION app.take_slice(tenant text, bucket_name text, plan_rates jsonb, wanted integer, given_back integer, given_back_day date)
  RETURNS TABLE (granted integer, tokens double precision, day date, day_used bigint, seconds_of_day_left double precision, rates jsonb)
  LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  held app.rate_buckets;
  holds jsonb := plan_rates;
  at timestamptz;
  today date;
  used bigint;
  available double precision;
  given integer;
BEGIN
  PERFORM set_config('app.tenant', tenant, true), set_config('synchronous_commit', 'off', true);
  IF bucket_name = 'tenant' THEN
    holds := plan_rates || COALESCE((SELECT l.limits -> 'rates' FROM app.tenant_limits l WHERE l.tenant_id = tenant), '{}');
  END IF;
  SELECT * INTO held FROM app.rate_buckets b WHERE b.tenant_id = tenant AND b.bucket = bucket_name FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO app.rate_buckets AS b (tenant_id, bucket, tokens, refilled_at, day)
      VALUES (tenant, bucket_name, (holds ->> 'burst')::double precision, clock_timestamp(), (clock_timestamp() AT TIME ZONE 'UTC')::date)
      ON CONFLICT DO NOTHING;
    SELECT * INTO held FROM app.rate_buckets b WHERE b.tenant_id = tenant AND b.bucket = bucket_name FOR UPDATE;
  END IF;
  -- Read behind the lock, so that instants of a bucket follow one another.
  at := clock_timestamp();
  today := greatest(held.day, (at AT TIME ZONE 'UTC')::date);
  used := CASE WHEN held.day = today THEN held.day_used ELSE 0 END;
  IF given_back_day = today THEN
    used := greatest(0, used - given_back);
  END IF;
  available := app.refill(held.tokens, held.refilled_at, at, (holds ->> 'requestsPerSecond')::double precision, (holds ->> 'burst')::double precision);
  available := least((holds ->> 'burst')::double precision, available + given_back);
  given := greatest(0, least(wanted, floor(available)::bigint, COALESCE((holds ->> 'requestsPerDay')::bigint - used, wanted)));
  UPDATE app.rate_buckets b
    SET tokens = available - given, refilled_at = greatest(held.refilled_at, at), day = today, day_used = used + given
    WHERE b.tenant_id = tenant AND b.bucket = bucket_name;
  RETURN QUERY SELECT given, available - given, today, used + given,
    extract(epoch FROM ((today + 1)::timestamp AT TIME ZONE 'UTC') - at)::double precision, holds;
  PERFORM set_config('app.tenant', '', true);
END $$;
GRANT EXECUTE ON FUNCTION app.take_slice(text, text, jsonb, integer, integer, date) TO app_tenant;
