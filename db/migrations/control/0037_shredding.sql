-- What shredding takes from the control database, and what it leaves. The rights begin with the point of no return.
CREATE FUNCTION control.is_shredding(tenant text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM control.tenants t WHERE t.tenant_id = tenant AND t.state IN ('SHREDDING', 'CLOSED'))
$$;
REVOKE EXECUTE ON FUNCTION control.is_shredding(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION control.is_shredding(text) TO worker;

CREATE POLICY worker_own ON control.sign_ups FOR SELECT TO worker USING (tenant_id = control.current_tenant());
CREATE POLICY worker_shreds ON control.sign_ups FOR DELETE TO worker
  USING (tenant_id = control.current_tenant() AND control.is_shredding(tenant_id));
GRANT SELECT (tenant_id), DELETE ON control.sign_ups TO worker;
CREATE POLICY worker_shreds ON control.mail_outbox FOR DELETE TO worker
  USING (tenant_id = control.current_tenant() AND control.is_shredding(tenant_id));
CREATE POLICY worker_shreds ON control.tenant_keys AS RESTRICTIVE FOR DELETE TO worker
  USING (control.is_shredding(tenant_id));
GRANT DELETE ON control.tenant_keys TO worker;
GRANT UPDATE (payload, reason) ON control.commands TO worker;
GRANT UPDATE (slug, name) ON control.tenants TO worker;

-- A command loses what it said once it is settled and its tenant is past the point of no return; a tenant's row becomes a tombstone with
-- its end, and not before.
CREATE FUNCTION control.guard_command_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'PENDING' OR NEW.payload <> '{}' OR NEW.reason IS NOT NULL OR NOT control.is_shredding(NEW.tenant_id) THEN
    RAISE EXCEPTION 'what command % says stays', NEW.command_id USING ERRCODE = 'LH001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_content BEFORE UPDATE ON control.commands FOR EACH ROW
  WHEN ((NEW.payload, NEW.reason) IS DISTINCT FROM (OLD.payload, OLD.reason)) EXECUTE FUNCTION control.guard_command_content();

CREATE FUNCTION control.guard_tombstone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'CLOSED' OR NEW.state <> 'CLOSED' THEN
    RAISE EXCEPTION 'tenant % keeps its address', NEW.tenant_id USING ERRCODE = 'LH001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_tombstone BEFORE UPDATE ON control.tenants FOR EACH ROW
  WHEN (NEW.slug IS DISTINCT FROM OLD.slug OR NEW.name IS DISTINCT FROM OLD.name AND current_user = 'worker')
  EXECUTE FUNCTION control.guard_tombstone();

-- Takes the details of all sealed rows away; the chain stays whole, because it holds them by a salted hash.
CREATE FUNCTION control.erase_all_audit_details(tenant text) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE erased integer;
BEGIN
  PERFORM control.enter(tenant);
  UPDATE control.audit a SET details = '{}', salt = NULL, erased_at = clock_timestamp()
    WHERE a.tenant_id = tenant AND a.details <> '{}' AND a.seq IS NOT NULL AND a.erased_at IS NULL;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN erased;
END $$;
REVOKE EXECUTE ON FUNCTION control.erase_all_audit_details(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION control.erase_all_audit_details(text) TO worker;

-- What invoices are checked against for as long as the law asks: totals by month under the pseudonym. No tenant is named.
CREATE TABLE control.usage_totals (
  pseudonym text NOT NULL CHECK (pseudonym ~ '^psn_[0-9A-HJKMNP-TV-Z]{26}$'),
  month date NOT NULL CHECK (month = date_trunc('month', month)),
  metric text NOT NULL CHECK (metric ~ '^[a-z_]{1,40}$'),
  quantity bigint NOT NULL CHECK (quantity >= 0),
  plan text NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pseudonym, month, metric)
);
SELECT control.protect('control.usage_totals');
CREATE POLICY operator_reads ON control.usage_totals FOR SELECT TO operator USING (true);
CREATE POLICY worker_notes ON control.usage_totals FOR INSERT TO worker
  WITH CHECK (pseudonym IN (SELECT o.pseudonym FROM control.offboardings o WHERE o.tenant_id = control.current_tenant()));
CREATE POLICY worker_own ON control.usage_totals FOR SELECT TO worker
  USING (pseudonym IN (SELECT o.pseudonym FROM control.offboardings o WHERE o.tenant_id = control.current_tenant()));
GRANT SELECT ON control.usage_totals TO operator, worker;
GRANT INSERT (pseudonym, month, metric, quantity, plan) ON control.usage_totals TO worker;

-- Ciphertexts that opened before the keys were destroyed, tried again after. They hold nothing: random keys and words.
CREATE TABLE control.shredding_canaries (
  tenant_id text NOT NULL,
  operation_id text NOT NULL,
  path text NOT NULL CHECK (path ~ '^[a-z-]{1,40}$'),
  -- What opened it: a key's ARN, a version, a pool and its epoch.
  opener text NOT NULL,
  ciphertext bytea NOT NULL,
  -- Of what it opened to.
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  planted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, operation_id, path, opener),
  FOREIGN KEY (tenant_id, operation_id) REFERENCES control.offboardings (tenant_id, operation_id)
);
SELECT control.protect('control.shredding_canaries');
CREATE POLICY worker_own ON control.shredding_canaries TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT, INSERT (tenant_id, operation_id, path, opener, ciphertext, sha256) ON control.shredding_canaries TO worker;

-- The end: a tombstone under the pseudonym, the address free for anybody, the seat given back, others told. Once.
CREATE FUNCTION control.close_tenant(tenant text, operation text, event text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE found record; pooled boolean;
BEGIN
  PERFORM control.lock_tenant(tenant);
  SELECT t.state, t.slug, t.placement, o.pseudonym INTO STRICT found FROM control.tenants t
    JOIN control.offboardings o ON o.tenant_id = t.tenant_id AND o.operation_id = operation
    WHERE t.tenant_id = tenant AND o.shredding_at IS NOT NULL AND (t.current_operation = operation OR t.state = 'CLOSED');
  IF found.state = 'CLOSED' THEN
    RETURN;
  END IF;
  pooled := found.placement ->> 'database' = 'pool';
  UPDATE control.tenants t SET state = 'CLOSED', name = found.pseudonym, slug = lower(replace(found.pseudonym, '_', '-')), limits = NULL, placement = NULL
    WHERE t.tenant_id = tenant;
  UPDATE control.tenants t SET current_operation = NULL WHERE t.tenant_id = tenant;
  DELETE FROM control.slugs s WHERE s.slug = found.slug;
  UPDATE control.commands c SET payload = '{}', reason = NULL
    WHERE c.tenant_id = tenant AND c.state <> 'PENDING' AND (c.payload <> '{}' OR c.reason IS NOT NULL);
  IF pooled THEN
    UPDATE control.pools p SET taken = p.taken - 1 WHERE p.pool = 'pool';
  END IF;
  INSERT INTO control.outbox (tenant_id, event_id, type, operation_id, payload)
    VALUES (tenant, event, 'tenant.closed', operation, jsonb_build_object('pseudonym', found.pseudonym)) ON CONFLICT DO NOTHING;
END $$;
REVOKE EXECUTE ON FUNCTION control.close_tenant(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION control.close_tenant(text, text, text) TO worker;
