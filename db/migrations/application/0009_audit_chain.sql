-- The audit log as a chain per tenant: link n = H(link n-1, n, commitment n). The commitment is over everything that a row
-- says, its details by a salted hash that stays when an erasure takes details and salt away. The worker seals rows as it
-- sees them: the order of the chain is the order of sealing, so that nothing is lost to a transaction that commits late.
-- What is hashed, byte by byte, is in docs/audit.md; db/src/audit/chain.ts does the same without a database.
ALTER TABLE app.audit
  ADD salt bytea DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
  -- Details that may name something, with a salt of their own, under the tenant's key; and what they are bound by.
  ADD sealed_details bytea,
  ADD sealed_commitment bytea CHECK (octet_length(sealed_commitment) = 32),
  ADD seq bigint,
  ADD details_commitment bytea,
  ADD commitment bytea,
  ADD link bytea,
  ADD sealed_at timestamptz,
  ADD erased_at timestamptz,
  ADD CONSTRAINT audit_sealed_whole CHECK (num_nulls(seq, details_commitment, commitment, link, sealed_at) IN (0, 5)),
  ADD CONSTRAINT audit_erased_whole CHECK (erased_at IS NOT NULL OR (salt IS NOT NULL AND (sealed_details IS NULL) = (sealed_commitment IS NULL)));
CREATE UNIQUE INDEX audit_chain ON app.audit (tenant_id, seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_unsealed ON app.audit (tenant_id, created_at) WHERE seq IS NULL;

-- Who adds a row seals nothing. A restrictive policy: the tenant's own has to let the row in as well.
CREATE POLICY new_is_bare ON app.audit AS RESTRICTIVE FOR INSERT TO app_tenant WITH CHECK (seq IS NULL AND link IS NULL AND erased_at IS NULL);
-- The sealer looks for rows of all tenants that are not sealed: see the register of exceptions in docs/security.md.
CREATE POLICY worker_seals ON app.audit FOR SELECT TO worker USING (seq IS NULL);
GRANT UPDATE (seq, details_commitment, commitment, link, sealed_at, details, salt, sealed_details, erased_at) ON app.audit TO worker;

-- A row is sealed once, and may lose its details once, after that. Nothing else about it changes.
CREATE FUNCTION app.guard_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.tenant_id, NEW.audit_id, NEW.actor, NEW.action, NEW.target, NEW.request_id, NEW.operation_id, NEW.created_at, NEW.sealed_commitment)
    IS NOT DISTINCT FROM
    (OLD.tenant_id, OLD.audit_id, OLD.actor, OLD.action, OLD.target, OLD.request_id, OLD.operation_id, OLD.created_at, OLD.sealed_commitment) THEN
    IF OLD.seq IS NULL AND NEW.seq IS NOT NULL
      AND (NEW.details, NEW.salt, NEW.sealed_details, NEW.erased_at) IS NOT DISTINCT FROM (OLD.details, OLD.salt, OLD.sealed_details, OLD.erased_at)
    THEN RETURN NEW;
    END IF;
    IF OLD.seq IS NOT NULL AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
      AND NEW.details = '{}' AND NEW.salt IS NULL AND NEW.sealed_details IS NULL
      AND (NEW.seq, NEW.details_commitment, NEW.commitment, NEW.link, NEW.sealed_at)
        IS NOT DISTINCT FROM (OLD.seq, OLD.details_commitment, OLD.commitment, OLD.link, OLD.sealed_at)
    THEN RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'an audit row is sealed once and may lose its details, nothing else' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON app.audit FOR EACH ROW EXECUTE FUNCTION app.guard_audit();

-- Where each tenant's chain ends, and how much of it is anchored outside of this database.
CREATE TABLE app.audit_heads (
  tenant_id text PRIMARY KEY,
  seq bigint NOT NULL CHECK (seq > 0),
  link bytea NOT NULL CHECK (octet_length(link) = 32),
  sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  anchored_seq bigint NOT NULL DEFAULT 0 CHECK (anchored_seq BETWEEN 0 AND seq)
);
CREATE INDEX audit_heads_moved ON app.audit_heads (tenant_id) WHERE seq > anchored_seq;
SELECT app.protect('app.audit_heads');
-- Anchoring looks for the heads of all tenants that have moved; a head is an id, a number and a hash.
CREATE POLICY worker_anchors ON app.audit_heads FOR SELECT TO worker USING (seq > anchored_seq);
GRANT INSERT, UPDATE (seq, link, sealed_at, anchored_seq) ON app.audit_heads TO worker;

CREATE FUNCTION app.guard_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq < OLD.seq OR NEW.anchored_seq < OLD.anchored_seq OR (NEW.seq = OLD.seq AND NEW.link <> OLD.link) THEN
    RAISE EXCEPTION 'the head of an audit chain only goes forward' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON app.audit_heads FOR EACH ROW EXECUTE FUNCTION app.guard_audit_head();

-- One value of what is hashed: its length in four bytes and its bytes, ffffffff for none.
CREATE FUNCTION app.audit_part(value bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT CASE WHEN value IS NULL THEN '\xffffffff'::bytea ELSE int4send(octet_length(value)) || value END $$;
CREATE FUNCTION app.audit_part(value text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT app.audit_part(convert_to(value, 'UTF8')) $$;

-- Seals up to `most` rows of one tenant, oldest first. One sealer at a time: another that finds it at work answers -1.
CREATE FUNCTION app.seal_audit(tenant text, most integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  entry record;
  at_seq bigint;
  head bytea;
  hidden bytea;
  row_hash bytea;
  sealed integer := 0;
BEGIN
  PERFORM set_config('app.tenant', tenant, true);
  IF NOT pg_try_advisory_xact_lock(hashtextextended('audit:' || tenant, 0)) THEN
    RETURN -1;
  END IF;
  -- After the lock, with a snapshot of its own: sees what the sealer before has committed.
  SELECT h.seq, h.link INTO at_seq, head FROM app.audit_heads h WHERE h.tenant_id = tenant;
  IF NOT FOUND THEN
    at_seq := 0;
    head := sha256(app.audit_part('leasehold/audit-chain/1'::text) || app.audit_part('application'::text) || app.audit_part(tenant));
  END IF;
  FOR entry IN
    SELECT a.* FROM app.audit a WHERE a.tenant_id = tenant AND a.seq IS NULL ORDER BY a.created_at, a.audit_id LIMIT most
  LOOP
    at_seq := at_seq + 1;
    hidden := sha256(app.audit_part('leasehold/audit-details/1'::text) || app.audit_part(entry.salt) || app.audit_part(entry.details::text));
    row_hash := sha256(app.audit_part('leasehold/audit-row/1'::text) || app.audit_part('application'::text) || app.audit_part(tenant)
      || app.audit_part(entry.audit_id) || app.audit_part(entry.actor) || app.audit_part(entry.action) || app.audit_part(entry.target)
      || app.audit_part(entry.request_id) || app.audit_part(entry.operation_id)
      || app.audit_part(to_char(entry.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
      || app.audit_part(hidden) || app.audit_part(entry.sealed_commitment));
    head := sha256(app.audit_part('leasehold/audit-link/1'::text) || app.audit_part(head) || int8send(at_seq) || app.audit_part(row_hash));
    UPDATE app.audit a SET seq = at_seq, details_commitment = hidden, commitment = row_hash, link = head, sealed_at = clock_timestamp()
      WHERE a.tenant_id = tenant AND a.audit_id = entry.audit_id;
    sealed := sealed + 1;
  END LOOP;
  IF sealed > 0 THEN
    INSERT INTO app.audit_heads AS h (tenant_id, seq, link) VALUES (tenant, at_seq, head)
      ON CONFLICT (tenant_id) DO UPDATE SET seq = excluded.seq, link = excluded.link, sealed_at = clock_timestamp();
  END IF;
  RETURN sealed;
END $$;

-- Takes the details of a person's sealed rows away; the chain stays whole, because it holds them by a salted hash.
CREATE FUNCTION app.erase_audit_details(tenant text, person text) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE erased integer;
BEGIN
  PERFORM set_config('app.tenant', tenant, true);
  UPDATE app.audit a SET details = '{}', salt = NULL, sealed_details = NULL, erased_at = clock_timestamp()
    WHERE a.tenant_id = tenant AND (a.actor = person OR a.target = person) AND a.seq IS NOT NULL AND a.erased_at IS NULL;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN erased;
END $$;
GRANT EXECUTE ON FUNCTION app.audit_part(bytea), app.audit_part(text), app.seal_audit(text, integer), app.erase_audit_details(text, text) TO worker;
