-- What was signed about an erasure, byte by byte, in one chain for the whole deployment. A certificate holds a pseudonym, counts, key
-- ids and times, and nobody's name: who has its id may read it.

-- The public halves, the one in use and those before it; a key is named by the SHA-256 of itself.
CREATE TABLE control.certificate_keys (
  key_id text PRIMARY KEY,
  public_key bytea NOT NULL,
  kms_key_arn text NOT NULL,
  since timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  retired_at timestamptz,
  CHECK (key_id = encode(sha256(public_key), 'hex')),
  CHECK (retired_at >= since)
);
CREATE UNIQUE INDEX certificate_keys_in_use ON control.certificate_keys ((retired_at IS NULL)) WHERE retired_at IS NULL;
SELECT control.protect('control.certificate_keys');
CREATE POLICY public_reads ON control.certificate_keys FOR SELECT TO portal, operator, worker USING (true);
CREATE POLICY worker_adds ON control.certificate_keys FOR INSERT TO worker WITH CHECK (true);
CREATE POLICY worker_retires ON control.certificate_keys FOR UPDATE TO worker USING (retired_at IS NULL) WITH CHECK (retired_at IS NOT NULL);
GRANT SELECT (key_id, public_key, since, retired_at) ON control.certificate_keys TO portal;
GRANT SELECT ON control.certificate_keys TO operator, worker;
GRANT INSERT (key_id, public_key, kms_key_arn), UPDATE (retired_at) ON control.certificate_keys TO worker;

-- The end of the chain: one row.
CREATE TABLE control.certificate_head (
  chain boolean PRIMARY KEY DEFAULT true CHECK (chain),
  sequence bigint NOT NULL DEFAULT 0 CHECK (sequence >= 0),
  hash text CHECK (hash ~ '^[0-9a-f]{64}$'),
  issued_at timestamptz,
  CHECK ((sequence = 0) = (hash IS NULL) AND (hash IS NULL) = (issued_at IS NULL))
);
SELECT control.protect('control.certificate_head');
INSERT INTO control.certificate_head DEFAULT VALUES;
CREATE POLICY public_reads ON control.certificate_head FOR SELECT TO portal, operator, worker USING (true);
CREATE POLICY worker_moves ON control.certificate_head FOR UPDATE TO worker USING (true) WITH CHECK (true);
GRANT SELECT ON control.certificate_head TO portal, operator, worker;
GRANT UPDATE (sequence, hash, issued_at) ON control.certificate_head TO worker;

-- No foreign key to the operation: what was certified outlives the catalog's rows of it.
CREATE TABLE control.certificates (
  tenant_id text NOT NULL,
  certificate_id text NOT NULL UNIQUE CHECK (certificate_id ~ '^crt_[0-9A-HJKMNP-TV-Z]{26}$'),
  operation_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('closure', 'finality', 'person-erasure')),
  pseudonym text NOT NULL CHECK (pseudonym ~ '^psn_[0-9A-HJKMNP-TV-Z]{26}$'),
  sequence bigint NOT NULL UNIQUE CHECK (sequence > 0),
  previous_hash text,
  hash text NOT NULL UNIQUE,
  key_id text NOT NULL,
  -- Exactly as it was signed.
  document bytea NOT NULL,
  signature text NOT NULL,
  issued_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, certificate_id),
  UNIQUE (tenant_id, operation_id, kind),
  CHECK (hash = encode(sha256(document), 'hex')),
  CHECK ((sequence = 1) = (previous_hash IS NULL))
);
SELECT control.protect('control.certificates');
CREATE POLICY portal_own ON control.certificates FOR SELECT TO portal USING (tenant_id = control.current_tenant());
-- The id is what opens it: presented as a capability, by its hash, as every other.
CREATE POLICY portal_holder ON control.certificates FOR SELECT TO portal
  USING (encode(sha256(convert_to(certificate_id, 'UTF8')), 'hex') = control.current_capability());
CREATE POLICY operator_reads ON control.certificates FOR SELECT TO operator USING (true);
CREATE POLICY worker_own ON control.certificates TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT ON control.certificates TO portal, operator, worker;
GRANT INSERT ON control.certificates TO worker;

-- A certificate is the next of the chain, or none. After the row is in, so that issuing again moves nothing.
CREATE FUNCTION control.append_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE said jsonb;
BEGIN
  said := convert_from(NEW.document, 'UTF8')::jsonb;
  IF (said ->> 'certificateId', said ->> 'kind', said ->> 'pseudonym', said ->> 'sequence', said ->> 'previousHash', said ->> 'keyId',
      said -> 'operation' ->> 'operationId', (said ->> 'issuedAt')::timestamptz)
    IS DISTINCT FROM
    (NEW.certificate_id, NEW.kind, NEW.pseudonym, NEW.sequence::text, NEW.previous_hash, NEW.key_id, NEW.operation_id, NEW.issued_at) THEN
    RAISE EXCEPTION 'certificate % does not say what its row says', NEW.certificate_id USING ERRCODE = 'LH030';
  END IF;
  UPDATE control.certificate_head h SET sequence = NEW.sequence, hash = NEW.hash, issued_at = NEW.issued_at
    WHERE h.sequence = NEW.sequence - 1 AND h.hash IS NOT DISTINCT FROM NEW.previous_hash
      AND COALESCE(h.issued_at <= NEW.issued_at, true);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'certificate % is not the next of the chain', NEW.certificate_id USING ERRCODE = 'LH031';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER append AFTER INSERT ON control.certificates FOR EACH ROW EXECUTE FUNCTION control.append_certificate();
