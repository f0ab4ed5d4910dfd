-- The audit log of the control plane as a chain per tenant, as in the application plane: see application/0009_audit_chain.sql.
ALTER TABLE control.audit
  ADD salt bytea DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
  ADD seq bigint,
  ADD details_commitment bytea,
  ADD commitment bytea,
  ADD link bytea,
  ADD sealed_at timestamptz,
  ADD erased_at timestamptz,
  ADD CONSTRAINT audit_sealed_whole CHECK (num_nulls(seq, details_commitment, commitment, link, sealed_at) IN (0, 5)),
  ADD CONSTRAINT audit_erased_whole CHECK (erased_at IS NOT NULL OR salt IS NOT NULL);
CREATE UNIQUE INDEX audit_chain ON control.audit (tenant_id, seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_unsealed ON control.audit (tenant_id, created_at) WHERE seq IS NULL;

-- Who adds a row seals nothing. A restrictive policy: the tenant's own has to let the row in as well.
CREATE POLICY new_is_bare ON control.audit AS RESTRICTIVE FOR INSERT TO portal, operator WITH CHECK (seq IS NULL AND link IS NULL AND erased_at IS NULL);
-- The sealer looks for rows of all tenants that are not sealed: see the register of exceptions in docs/security.md.
CREATE POLICY worker_seals ON control.audit FOR SELECT TO worker USING (seq IS NULL);
CREATE POLICY worker_changes ON control.audit FOR UPDATE TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT UPDATE (seq, details_commitment, commitment, link, sealed_at, details, salt, erased_at) ON control.audit TO worker;

-- A row is sealed once, and may lose its details once, after that. Nothing else about it changes.
CREATE FUNCTION control.guard_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.tenant_id, NEW.audit_id, NEW.actor, NEW.action, NEW.target, NEW.request_id, NEW.operation_id, NEW.created_at)
    IS NOT DISTINCT FROM
    (OLD.tenant_id, OLD.audit_id, OLD.actor, OLD.action, OLD.target, OLD.request_id, OLD.operation_id, OLD.created_at) THEN
    IF OLD.seq IS NULL AND NEW.seq IS NOT NULL
      AND (NEW.details, NEW.salt, NEW.erased_at) IS NOT DISTINCT FROM (OLD.details, OLD.salt, OLD.erased_at)
    THEN RETURN NEW;
    END IF;
    IF OLD.seq IS NOT NULL AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
      AND NEW.details = '{}' AND NEW.salt IS NULL
      AND (NEW.seq, NEW.details_commitment, NEW.commitment, NEW.link, NEW.sealed_at)
        IS NOT DISTINCT FROM (OLD.seq, OLD.details_commitment, OLD.commitment, OLD.link, OLD.sealed_at)
    THEN RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'an audit row is sealed once and may lose its details, nothing else' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON control.audit FOR EACH ROW EXECUTE FUNCTION control.guard_audit();

-- Where each tenant's chain ends, and how much of it is anchored outside of this database.
CREATE TABLE control.audit_heads (
  tenant_id text PRIMARY KEY,
  seq bigint NOT NULL CHECK (seq > 0),
  link bytea NOT NULL CHECK (octet_length(link) = 32),
  sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  anchored_seq bigint NOT NULL DEFAULT 0 CHECK (anchored_seq BETWEEN 0 AND seq)
);
CREATE INDEX audit_heads_moved ON control.audit_heads (tenant_id) WHERE seq > anchored_seq;
SELECT control.protect('control.audit_heads');
-- Anchoring looks for the heads of all tenants that have moved; a head is an id, a number and a hash.
CREATE POLICY worker_anchors ON control.audit_heads FOR SELECT TO worker USING (seq > anchored_seq);
CREATE POLICY worker_own ON control.audit_heads TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY portal_own ON control.audit_heads FOR SELECT TO portal USING (tenant_id = control.current_tenant());
CREATE POLICY operator_reads ON control.audit_heads FOR SELECT TO operator USING (true);
GRANT SELECT ON control.audit_heads TO portal, operator;
GRANT SELECT, INSERT, UPDATE (seq, link, sealed_at, anchored_seq) ON control.audit_heads TO worker;

CREATE FUNCTION control.guard_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq < OLD.seq OR NEW.anchored_seq < OLD.anchored_seq OR (NEW.seq = OLD.seq AND NEW.link <> OLD.link) THEN
    RAISE EXCEPTION 'the head of an audit chain only goes forward' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON control.audit_heads FOR EACH ROW EXECUTE FUNCTION control.guard_audit_head();

-- One value of what is hashed: its length in four bytes and its bytes, ffffffff for none.
CREATE FUNCTION control.audit_part(value bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT CASE WHEN value IS NULL THEN '\xffffffff'::bytea ELSE int4send(octet_length(value)) || value END $$;
CREATE FUNCTION control.audit_part(value text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT control.audit_part(convert_to(value, 'UTF8')) $$;

-- Seals up to `most` rows of one tenant, oldest first. One sealer at a time: another that finds it at work answers -1.
CREATE FUNCTION control.seal_audit(tenant text, most integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
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
  SELECT h.seq, h.link INTO at_seq, head FROM control.audit_heads h WHERE h.tenant_id = tenant;
  IF NOT FOUND THEN
    at_seq := 0;
    head := sha256(control.audit_part('leasehold/audit-chain/1'::text) || control.audit_part('control'::text) || control.audit_part(tenant));
  END IF;
  FOR entry IN
    SELECT a.* FROM control.audit a WHERE a.tenant_id = tenant AND a.seq IS NULL ORDER BY a.created_at, a.audit_id LIMIT most
  LOOP
    at_seq := at_seq + 1;
    hidden := sha256(control.audit_part('leasehold/audit-details/1'::text) || control.audit_part(entry.salt) || control.audit_part(entry.details::text));
    row_hash := sha256(control.audit_part('leasehold/audit-row/1'::text) || control.audit_part('control'::text) || control.audit_part(tenant)
      || control.audit_part(entry.audit_id) || control.audit_part(entry.actor) || control.audit_part(entry.action) || control.audit_part(entry.target)
      || control.audit_part(entry.request_id) || control.audit_part(entry.operation_id)
      || control.audit_part(to_char(entry.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
      || control.audit_part(hidden) || control.audit_part(NULL::bytea));
    head := sha256(control.audit_part('leasehold/audit-link/1'::text) || control.audit_part(head) || int8send(at_seq) || control.audit_part(row_hash));
    UPDATE control.audit a SET seq = at_seq, details_commitment = hidden, commitment = row_hash, link = head, sealed_at = clock_timestamp()
      WHERE a.tenant_id = tenant AND a.audit_id = entry.audit_id;
    sealed := sealed + 1;
  END LOOP;
  IF sealed > 0 THEN
    INSERT INTO control.audit_heads AS h (tenant_id, seq, link) VALUES (tenant, at_seq, head)
      ON CONFLICT (tenant_id) DO UPDATE SET seq = excluded.seq, link = excluded.link, sealed_at = clock_timestamp();
  END IF;
  RETURN sealed;
END $$;

-- Takes the details of a person's sealed rows away; the chain stays whole, because it holds them by a salted hash.
CREATE FUNCTION control.erase_audit_details(tenant text, person text) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE erased integer;
BEGIN
  PERFORM set_config('app.tenant', tenant, true);
  UPDATE control.audit a SET details = '{}', salt = NULL, erased_at = clock_timestamp()
    WHERE a.tenant_id = tenant AND (a.actor = person OR a.target = person) AND a.seq IS NOT NULL AND a.erased_at IS NULL;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN erased;
END $$;
GRANT EXECUTE ON FUNCTION control.audit_part(bytea), control.audit_part(text), control.seal_audit(text, integer), control.erase_audit_details(text, text) TO worker;

-- Heads as they were written to the object store: without the end of a chain that was anchored, its log is not whole.
CREATE TABLE control.audit_anchors (
  tenant_id text NOT NULL,
  plane text NOT NULL CHECK (plane IN ('control', 'application')),
  seq bigint NOT NULL CHECK (seq > 0),
  link bytea NOT NULL CHECK (octet_length(link) = 32),
  object_key text NOT NULL,
  anchored_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, plane, seq)
);
SELECT control.protect('control.audit_anchors');
CREATE POLICY portal_own ON control.audit_anchors FOR SELECT TO portal USING (tenant_id = control.current_tenant());
CREATE POLICY operator_reads ON control.audit_anchors FOR SELECT TO operator USING (true);
CREATE POLICY worker_own ON control.audit_anchors TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT ON control.audit_anchors TO portal, operator;
GRANT SELECT, INSERT ON control.audit_anchors TO worker;
