-- Letting a tenant go: who asked for it and who agreed, the hold and everything that was decided about it, the legal holds that stop
-- its end, and what each step of the shredding has counted. The tenant's row is the lock that every decision takes first.
CREATE TABLE control.offboardings (
  tenant_id text NOT NULL,
  operation_id text NOT NULL,
  -- Where cancelling leads back to.
  from_state text NOT NULL CHECK (from_state IN ('ACTIVE', 'SUSPENDED')),
  requested_by text NOT NULL,
  reason text CHECK (length(reason) <= 500),
  approved_by text,
  approved_at timestamptz,
  -- Fractions are for deployments with shorter terms.
  hold_days double precision NOT NULL CHECK (hold_days BETWEEN 0 AND 365),
  with_export boolean NOT NULL DEFAULT true,
  -- By the clock of the workflow.
  hold_began_at timestamptz,
  hold_ends_at timestamptz,
  -- An earlier end that one side asked for and the other has not agreed to.
  shorten_to timestamptz,
  shorten_by text,
  cancelled_at timestamptz,
  cancelled_by text,
  cancel_reason text CHECK (length(cancel_reason) <= 500),
  -- What freezing ended, and whether cancelling brings it back; what there was to be shredded, store by store.
  ended jsonb,
  inventory jsonb,
  shredding_at timestamptz,
  pseudonym text CHECK (pseudonym ~ '^psn_[0-9A-HJKMNP-TV-Z]{26}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, operation_id),
  FOREIGN KEY (tenant_id, operation_id) REFERENCES control.operations (tenant_id, operation_id),
  CHECK (approved_by IS DISTINCT FROM requested_by OR approved_by IS NULL),
  CHECK (approved_by LIKE 'operator:%'),
  CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
  CHECK ((hold_began_at IS NULL) = (hold_ends_at IS NULL)),
  CHECK (hold_ends_at BETWEEN hold_began_at AND hold_began_at + interval '365 days'),
  CHECK ((shorten_to IS NULL) = (shorten_by IS NULL)),
  CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL)),
  CHECK ((shredding_at IS NULL) = (pseudonym IS NULL)),
  CHECK (shredding_at IS NULL OR cancelled_at IS NULL)
);
SELECT control.protect('control.offboardings');

-- Every change of a hold's end, in order: for the people concerned and for the certificate.
CREATE TABLE control.hold_changes (
  tenant_id text NOT NULL,
  operation_id text NOT NULL,
  change_id text NOT NULL CHECK (change_id LIKE 'hch\_%'),
  kind text NOT NULL CHECK (kind IN ('began', 'extended', 'shorten-asked', 'shorten-withdrawn', 'shortened', 'cancelled', 'ended')),
  actor text NOT NULL,
  ends_at timestamptz,
  reason text CHECK (length(reason) <= 500),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, operation_id, change_id),
  FOREIGN KEY (tenant_id, operation_id) REFERENCES control.offboardings (tenant_id, operation_id)
);
SELECT control.protect('control.hold_changes');

CREATE TABLE control.legal_holds (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  hold_id text NOT NULL CHECK (hold_id LIKE 'lgh\_%'),
  case_number text NOT NULL CHECK (length(case_number) BETWEEN 1 AND 100),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  placed_by text NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT now(),
  released_by text,
  released_at timestamptz,
  release_reason text CHECK (length(release_reason) <= 500),
  PRIMARY KEY (tenant_id, hold_id),
  CHECK ((released_by IS NULL) = (released_at IS NULL))
);
CREATE UNIQUE INDEX legal_holds_open ON control.legal_holds (tenant_id, case_number) WHERE released_at IS NULL;
SELECT control.protect('control.legal_holds');

-- What a step has counted and looked at again: the certificate is put together from these rows and from nothing else.
CREATE TABLE control.offboarding_evidence (
  tenant_id text NOT NULL,
  operation_id text NOT NULL,
  item text NOT NULL,
  evidence jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, operation_id, item),
  FOREIGN KEY (tenant_id, operation_id) REFERENCES control.operations (tenant_id, operation_id)
);
SELECT control.protect('control.offboarding_evidence');

-- Mail to people whose addresses the writer does not know: the portal, which knows them, addresses and seals it.
CREATE TABLE control.mail_requests (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  request_key text NOT NULL,
  template text NOT NULL,
  audience text NOT NULL DEFAULT 'owners' CHECK (audience IN ('owners')),
  -- For the template: ids, times and numbers, nobody's name.
  props jsonb NOT NULL DEFAULT '{}',
  -- Waits in the outbox until it is let go.
  held boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  addressed_at timestamptz,
  PRIMARY KEY (tenant_id, request_key)
);
CREATE INDEX mail_requests_open ON control.mail_requests (created_at) WHERE addressed_at IS NULL;
SELECT control.protect('control.mail_requests');

CREATE FUNCTION control.announce_mail_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('mail_requests', NEW.tenant_id);
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON control.mail_requests FOR EACH ROW EXECUTE FUNCTION control.announce_mail_request();

DO $$
DECLARE target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['control.offboardings', 'control.hold_changes'] LOOP
    EXECUTE format('CREATE POLICY portal_own ON %s FOR SELECT TO portal USING (tenant_id = control.current_tenant())', target);
    EXECUTE format('CREATE POLICY operator_reads ON %s FOR SELECT TO operator USING (true)', target);
    EXECUTE format('CREATE POLICY writer_adds ON %s FOR INSERT TO portal, operator WITH CHECK (tenant_id = control.current_tenant())', target);
    EXECUTE format('CREATE POLICY worker_own ON %s TO worker USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant())', target);
    EXECUTE format('GRANT SELECT ON %s TO portal, operator', target);
  END LOOP;
END $$;
-- Each process speaks for its own people, and only the worker begins and ends a hold.
ALTER POLICY writer_adds ON control.offboardings WITH CHECK (
  tenant_id = control.current_tenant() AND requested_by LIKE CASE current_user WHEN 'portal' THEN 'user:%' ELSE 'operator:%' END
);
ALTER POLICY writer_adds ON control.hold_changes WITH CHECK (
  tenant_id = control.current_tenant() AND kind NOT IN ('began', 'ended')
  AND actor LIKE CASE current_user WHEN 'portal' THEN 'user:%' ELSE 'operator:%' END
);
CREATE POLICY writer_decides ON control.offboardings FOR UPDATE TO portal, operator
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT INSERT (tenant_id, operation_id, from_state, requested_by, reason, hold_days, with_export) ON control.offboardings TO portal, operator;
GRANT UPDATE (hold_ends_at, shorten_to, shorten_by, cancelled_at, cancelled_by, cancel_reason) ON control.offboardings TO portal, operator;
GRANT UPDATE (approved_by, approved_at) ON control.offboardings TO operator;
GRANT SELECT, UPDATE (hold_began_at, hold_ends_at, ended, inventory, shredding_at, pseudonym) ON control.offboardings TO worker;
GRANT INSERT ON control.hold_changes TO portal, operator;
GRANT SELECT, INSERT ON control.hold_changes TO worker;

-- A tenant sees that there is a legal hold and since when, not in which case.
CREATE POLICY portal_own ON control.legal_holds FOR SELECT TO portal USING (tenant_id = control.current_tenant());
CREATE POLICY operator_reads ON control.legal_holds FOR SELECT TO operator USING (true);
CREATE POLICY operator_places ON control.legal_holds FOR INSERT TO operator WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY operator_releases ON control.legal_holds FOR UPDATE TO operator
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY worker_own ON control.legal_holds FOR SELECT TO worker USING (tenant_id = control.current_tenant());
GRANT SELECT (tenant_id, hold_id, placed_at, released_at) ON control.legal_holds TO portal;
GRANT SELECT, INSERT (tenant_id, hold_id, case_number, reason, placed_by), UPDATE (released_by, released_at, release_reason) ON control.legal_holds TO operator;
GRANT SELECT ON control.legal_holds TO worker;
REVOKE SELECT ON control.legal_holds FROM auditor;
GRANT SELECT (tenant_id, hold_id, placed_at, released_at) ON control.legal_holds TO auditor;

CREATE POLICY operator_reads ON control.offboarding_evidence FOR SELECT TO operator USING (true);
CREATE POLICY worker_own ON control.offboarding_evidence TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT ON control.offboarding_evidence TO operator;
GRANT SELECT, INSERT, UPDATE (evidence, recorded_at) ON control.offboarding_evidence TO worker;

CREATE POLICY worker_own ON control.mail_requests TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
-- Outside of any tenant's transaction the portal finds what waits, whoever's it is: see the register of exceptions in docs/security.md.
CREATE POLICY portal_finds ON control.mail_requests FOR SELECT TO portal USING (tenant_id = control.current_tenant() OR (control.current_tenant() IS NULL AND addressed_at IS NULL));
CREATE POLICY portal_addresses ON control.mail_requests FOR UPDATE TO portal
  USING (tenant_id = control.current_tenant() AND addressed_at IS NULL) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT, INSERT (tenant_id, request_key, template, audience, props, held), DELETE ON control.mail_requests TO worker;
GRANT SELECT, UPDATE (addressed_at) ON control.mail_requests TO portal;

-- An operator locks the tenant's row for a decision, which asks for no more than to see it as one that could be changed. What it is
-- changed to is checked by the policies together: still nothing but the end of a sign-up that was rejected.
CREATE POLICY operator_locks ON control.tenants FOR UPDATE TO operator
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant() AND false);
ALTER POLICY operator_rejects ON control.tenants
  WITH CHECK (tenant_id = control.current_tenant() AND state = 'FAILED' AND current_operation IS NULL AND EXISTS (
    SELECT FROM control.operations o WHERE o.tenant_id = tenants.tenant_id AND o.kind = 'onboarding' AND o.state = 'REJECTED'
  ));

-- An operator's wish to let a tenant go waits for a second operator, always.
ALTER POLICY operator_requests ON control.operations
  WITH CHECK (tenant_id = control.current_tenant() AND state = CASE WHEN kind = 'offboarding' THEN 'AWAITING_APPROVAL' ELSE 'REQUESTED' END);

-- The state in which a tenant may still be kept; its row stays locked to the end of the transaction.
CREATE FUNCTION control.lock_tenant(tenant text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found_state text;
BEGIN
  SELECT t.state INTO found_state FROM control.tenants t WHERE t.tenant_id = tenant FOR UPDATE;
  RETURN found_state;
END $$;
REVOKE EXECUTE ON FUNCTION control.lock_tenant(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION control.lock_tenant(text) TO portal, operator, worker;

-- Behind the last instant nothing about a hold is decided any more. An earlier end needs the other side's wish for just that end,
-- and nobody writes down a wish of the other side. What was approved stays approved by whoever did.
CREATE FUNCTION control.guard_offboarding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE tenant_state text; decided boolean; own text := CASE current_user WHEN 'portal' THEN 'user:%' WHEN 'operator' THEN 'operator:%' END;
BEGIN
  IF OLD.approved_by IS NOT NULL AND (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM (OLD.approved_by, OLD.approved_at) THEN
    RAISE EXCEPTION 'the closing of tenant % was approved before', NEW.tenant_id USING ERRCODE = 'LH018';
  END IF;
  decided := (NEW.hold_ends_at, NEW.shorten_to, NEW.shorten_by, NEW.cancelled_at, NEW.cancelled_by, NEW.cancel_reason)
    IS DISTINCT FROM (OLD.hold_ends_at, OLD.shorten_to, OLD.shorten_by, OLD.cancelled_at, OLD.cancelled_by, OLD.cancel_reason);
  IF NOT decided THEN
    RETURN NEW;
  END IF;
  tenant_state := control.lock_tenant(NEW.tenant_id);
  IF OLD.cancelled_at IS NOT NULL OR OLD.shredding_at IS NOT NULL OR tenant_state NOT IN ('ACTIVE', 'SUSPENDED', 'CLOSING') THEN
    RAISE EXCEPTION 'the closing of tenant % is past its last instant', NEW.tenant_id USING ERRCODE = 'LH014';
  END IF;
  IF (NEW.shorten_to, NEW.shorten_by) IS DISTINCT FROM (OLD.shorten_to, OLD.shorten_by) AND NEW.shorten_by NOT LIKE own THEN
    RAISE EXCEPTION 'nobody asks in the name of another to shorten the hold of tenant %', NEW.tenant_id USING ERRCODE = 'LH015';
  END IF;
  IF NEW.cancelled_by NOT LIKE own THEN
    RAISE EXCEPTION 'nobody cancels the closing of tenant % in the name of another', NEW.tenant_id USING ERRCODE = 'LH015';
  END IF;
  IF NEW.hold_ends_at < OLD.hold_ends_at AND NOT (
    NEW.hold_ends_at IS NOT DISTINCT FROM OLD.shorten_to
    AND OLD.shorten_by LIKE CASE current_user WHEN 'portal' THEN 'operator:%' WHEN 'operator' THEN 'user:%' ELSE '' END
  ) THEN
    RAISE EXCEPTION 'the hold of tenant % ends earlier only when both sides agree', NEW.tenant_id USING ERRCODE = 'LH015';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON control.offboardings FOR EACH ROW EXECUTE FUNCTION control.guard_offboarding();

-- A legal hold is placed before the last instant or not at all, and released once.
CREATE FUNCTION control.guard_legal_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF control.lock_tenant(NEW.tenant_id) NOT IN ('PROVISIONING', 'ACTIVE', 'SUSPENDED', 'MOVING', 'CLOSING') THEN
    RAISE EXCEPTION 'tenant % is past the point of no return', NEW.tenant_id USING ERRCODE = 'LH014';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.released_at IS NOT NULL THEN
    RAISE EXCEPTION 'legal hold % was released before', NEW.hold_id USING ERRCODE = 'LH001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON control.legal_holds FOR EACH ROW EXECUTE FUNCTION control.guard_legal_hold();

CREATE OR REPLACE FUNCTION control.guard_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  IF NEW.state IS DISTINCT FROM OLD.state THEN
    IF NOT EXISTS (SELECT FROM control.tenant_transitions t WHERE t.from_state = OLD.state AND t.to_state = NEW.state) THEN
      RAISE EXCEPTION 'tenant % cannot go from % to %', NEW.tenant_id, OLD.state, NEW.state USING ERRCODE = 'LH001';
    END IF;
    IF OLD.state = 'PROVISIONING' AND NEW.state = 'ACTIVE' THEN
      IF NEW.placement IS NULL OR NEW.limits IS NULL OR NOT EXISTS (
        SELECT FROM control.operation_steps s WHERE s.tenant_id = NEW.tenant_id AND s.operation_id = OLD.current_operation
      ) OR EXISTS (
        SELECT FROM control.operation_steps s
        WHERE s.tenant_id = NEW.tenant_id AND s.operation_id = OLD.current_operation
          AND s.step <> 'activate' AND s.state NOT IN ('SUCCEEDED', 'SKIPPED')
      ) THEN
        RAISE EXCEPTION 'tenant % is not whole: a step of its onboarding has not succeeded', NEW.tenant_id USING ERRCODE = 'LH002';
      END IF;
    END IF;
    -- The point of no return: under no legal hold, with a hold that was served and not cancelled.
    IF NEW.state = 'SHREDDING' THEN
      IF EXISTS (SELECT FROM control.legal_holds h WHERE h.tenant_id = NEW.tenant_id AND h.released_at IS NULL) THEN
        RAISE EXCEPTION 'tenant % is under a legal hold', NEW.tenant_id USING ERRCODE = 'LH016';
      END IF;
      IF NOT EXISTS (
        SELECT FROM control.offboardings o WHERE o.tenant_id = NEW.tenant_id AND o.operation_id = NEW.current_operation
          AND o.hold_ends_at IS NOT NULL AND o.cancelled_at IS NULL
      ) THEN
        RAISE EXCEPTION 'tenant % has no hold that was served', NEW.tenant_id USING ERRCODE = 'LH001';
      END IF;
    END IF;
    IF NEW.state = 'CLOSED' AND (NOT EXISTS (
      SELECT FROM control.operation_steps s WHERE s.tenant_id = NEW.tenant_id AND s.operation_id = OLD.current_operation AND s.step = 'certify'
    ) OR EXISTS (
      SELECT FROM control.operation_steps s
      WHERE s.tenant_id = NEW.tenant_id AND s.operation_id = OLD.current_operation
        AND s.step <> 'close' AND s.state NOT IN ('SUCCEEDED', 'SKIPPED')
    )) THEN
      RAISE EXCEPTION 'tenant % is not whole: a step of its offboarding has not succeeded', NEW.tenant_id USING ERRCODE = 'LH002';
    END IF;
  END IF;
  IF NEW.name IS DISTINCT FROM OLD.name AND current_user = 'portal' AND OLD.state IN ('CLOSING', 'SHREDDING', 'CLOSED') THEN
    RAISE EXCEPTION 'tenant % is closing', NEW.tenant_id USING ERRCODE = 'LH017';
  END IF;
  IF OLD.current_operation IS NOT NULL AND NEW.current_operation IS NOT NULL AND NEW.current_operation <> OLD.current_operation THEN
    RAISE EXCEPTION 'tenant % is held by operation %', NEW.tenant_id, OLD.current_operation USING ERRCODE = 'LH003';
  END IF;
  RETURN NEW;
END $$;

-- A workspace that closes takes nobody in and changes nobody's role; leaving it stays possible.
CREATE FUNCTION control.refuse_while_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM control.tenants t WHERE t.tenant_id = NEW.tenant_id AND t.state IN ('CLOSING', 'SHREDDING', 'CLOSED')) THEN
    RAISE EXCEPTION 'tenant % is closing', NEW.tenant_id USING ERRCODE = 'LH017';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER closing BEFORE INSERT OR UPDATE ON control.members FOR EACH ROW
  WHEN (current_user = 'portal') EXECUTE FUNCTION control.refuse_while_closing();
CREATE TRIGGER closing BEFORE INSERT ON control.invitations FOR EACH ROW
  WHEN (current_user IN ('portal', 'operator')) EXECUTE FUNCTION control.refuse_while_closing();

-- Someone has to be there who can still cancel.
CREATE OR REPLACE FUNCTION control.guard_last_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.role = 'owner' AND (TG_OP = 'DELETE' OR NEW.role <> 'owner') THEN
    PERFORM FROM control.tenants t WHERE t.tenant_id = OLD.tenant_id AND t.state IN ('ACTIVE', 'SUSPENDED', 'MOVING', 'CLOSING') FOR UPDATE;
    IF FOUND AND NOT EXISTS (
      SELECT FROM control.members m WHERE m.tenant_id = OLD.tenant_id AND m.role = 'owner' AND m.user_id <> OLD.user_id
    ) THEN
      RAISE EXCEPTION 'tenant % would have no owner left', OLD.tenant_id USING ERRCODE = 'LH004';
    END IF;
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;

-- Four eyes, and no way back behind the point of no return.
CREATE FUNCTION control.guard_offboarding_operation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'AWAITING_APPROVAL' AND NEW.state = 'REQUESTED' AND NOT EXISTS (
    SELECT FROM control.offboardings o WHERE o.tenant_id = NEW.tenant_id AND o.operation_id = NEW.operation_id AND o.approved_by IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'operation % waits for a second operator', NEW.operation_id USING ERRCODE = 'LH018';
  END IF;
  IF NEW.state IN ('ROLLING_BACK', 'ROLLED_BACK') AND EXISTS (
    SELECT FROM control.tenants t WHERE t.tenant_id = NEW.tenant_id AND t.state IN ('SHREDDING', 'CLOSED')
  ) THEN
    RAISE EXCEPTION 'operation % is past the point of no return', NEW.operation_id USING ERRCODE = 'LH014';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_offboarding BEFORE UPDATE ON control.operations FOR EACH ROW
  WHEN (NEW.kind = 'offboarding' AND NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION control.guard_offboarding_operation();

-- The tenant is CLOSING and held by its offboarding; billing and others are told. LH007 when it is not there to be closed.
CREATE FUNCTION control.begin_closing(tenant text, operation text, event text, what_ended jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE control.tenants t SET state = 'CLOSING', current_operation = operation
    WHERE t.tenant_id = tenant AND t.state IN ('ACTIVE', 'SUSPENDED') AND (t.current_operation IS NULL OR t.current_operation = operation);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant % is not there to be closed by operation %', tenant, operation USING ERRCODE = 'LH007';
  END IF;
  UPDATE control.offboardings o SET ended = what_ended WHERE o.tenant_id = tenant AND o.operation_id = operation;
  INSERT INTO control.outbox (tenant_id, event_id, type, operation_id) VALUES (tenant, event, 'tenant.closing', operation) ON CONFLICT DO NOTHING;
END $$;

-- The hold begins, once; the tenant is free for other work on it. The times are the workflow's.
CREATE FUNCTION control.open_hold(tenant text, operation text, at timestamptz, change text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE ends timestamptz;
BEGIN
  PERFORM control.lock_tenant(tenant);
  UPDATE control.offboardings o SET hold_began_at = at, hold_ends_at = at + o.hold_days * interval '1 day'
    WHERE o.tenant_id = tenant AND o.operation_id = operation AND o.hold_began_at IS NULL RETURNING o.hold_ends_at INTO ends;
  IF FOUND THEN
    INSERT INTO control.hold_changes (tenant_id, operation_id, change_id, kind, actor, ends_at)
      VALUES (tenant, operation, change, 'began', 'system:' || operation, ends);
  END IF;
  UPDATE control.tenants t SET current_operation = NULL WHERE t.tenant_id = tenant AND t.current_operation = operation;
END $$;

-- The last instant. Whoever places or releases a legal hold, extends or cancels has locked the tenant's row before and is seen here,
-- or waits for this and comes too late. Answers what holds then: `shredding`, or why not yet.
CREATE FUNCTION control.end_hold(tenant text, operation text, at timestamptz, new_pseudonym text, change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found_state text; held_by text; hold record;
BEGIN
  PERFORM control.enter(tenant);
  SELECT t.state, t.current_operation INTO found_state, held_by FROM control.tenants t WHERE t.tenant_id = tenant FOR UPDATE;
  SELECT o.* INTO STRICT hold FROM control.offboardings o WHERE o.tenant_id = tenant AND o.operation_id = operation;
  IF found_state IN ('SHREDDING', 'CLOSED') AND hold.shredding_at IS NOT NULL THEN
    RETURN 'shredding';
  ELSIF hold.cancelled_at IS NOT NULL OR found_state <> 'CLOSING' OR EXISTS (
    SELECT FROM control.operations o WHERE o.tenant_id = tenant AND o.operation_id = operation AND o.state IN ('ROLLING_BACK', 'ROLLED_BACK')
  ) THEN
    RETURN 'cancelled';
  ELSIF hold.hold_ends_at IS NULL OR hold.hold_ends_at > at THEN
    RETURN 'holding';
  ELSIF EXISTS (SELECT FROM control.legal_holds h WHERE h.tenant_id = tenant AND h.released_at IS NULL) THEN
    RETURN 'legal-hold';
  ELSIF held_by IS NOT NULL AND held_by <> operation THEN
    RETURN 'busy';
  END IF;
  UPDATE control.tenants t SET state = 'SHREDDING', current_operation = operation WHERE t.tenant_id = tenant;
  UPDATE control.offboardings o SET shredding_at = at, pseudonym = new_pseudonym WHERE o.tenant_id = tenant AND o.operation_id = operation;
  INSERT INTO control.hold_changes (tenant_id, operation_id, change_id, kind, actor, ends_at)
    VALUES (tenant, operation, change, 'ended', 'system:' || operation, hold.hold_ends_at);
  RETURN 'shredding';
END $$;

-- Cancelled or rolled back: the tenant is what it was before.
CREATE FUNCTION control.reopen_tenant(tenant text, operation text, event text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE before_state text; now_state text;
BEGIN
  now_state := control.lock_tenant(tenant);
  IF now_state <> 'CLOSING' THEN
    RETURN;
  END IF;
  SELECT o.from_state INTO STRICT before_state FROM control.offboardings o WHERE o.tenant_id = tenant AND o.operation_id = operation;
  UPDATE control.tenants t SET state = 'ACTIVE', current_operation = CASE WHEN t.current_operation = operation THEN NULL ELSE t.current_operation END
    WHERE t.tenant_id = tenant;
  IF before_state = 'SUSPENDED' THEN
    UPDATE control.tenants t SET state = 'SUSPENDED' WHERE t.tenant_id = tenant;
  END IF;
  INSERT INTO control.outbox (tenant_id, event_id, type, operation_id) VALUES (tenant, event, 'tenant.reopened', operation) ON CONFLICT DO NOTHING;
END $$;

DO $$
DECLARE verb text;
BEGIN
  FOREACH verb IN ARRAY ARRAY[
    'begin_closing(text, text, text, jsonb)', 'open_hold(text, text, timestamptz, text)',
    'end_hold(text, text, timestamptz, text, text)', 'reopen_tenant(text, text, text)'
  ] LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION control.%s FROM PUBLIC', verb);
    EXECUTE format('GRANT EXECUTE ON FUNCTION control.%s TO worker', verb);
  END LOOP;
END $$;
