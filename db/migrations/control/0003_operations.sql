CREATE TABLE control.operation_exclusions (
  open_kind text NOT NULL,
  requested_kind text NOT NULL,
  PRIMARY KEY (open_kind, requested_kind)
);
INSERT INTO control.operation_exclusions
  SELECT a, b FROM (VALUES
    ('onboarding', ARRAY['onboarding', 'offboarding', 'placement', 'release', 'erasure', 'restore']),
    ('offboarding', ARRAY['onboarding', 'offboarding', 'placement']),
    ('placement', ARRAY['onboarding', 'offboarding', 'placement', 'release', 'restore']),
    ('release', ARRAY['onboarding', 'placement', 'release', 'restore']),
    ('erasure', ARRAY['onboarding', 'erasure', 'restore']),
    ('restore', ARRAY['onboarding', 'placement', 'release', 'erasure', 'restore'])
  ) AS matrix (a, excluded), unnest(excluded) AS b;
GRANT SELECT ON control.operation_exclusions TO portal, operator, worker, auditor;

CREATE TABLE control.operation_transitions (
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO control.operation_transitions VALUES
  ('AWAITING_APPROVAL', 'REQUESTED'), ('AWAITING_APPROVAL', 'REJECTED'), ('REQUESTED', 'RUNNING'),
  ('RUNNING', 'NEEDS_ATTENTION'), ('RUNNING', 'ROLLING_BACK'), ('RUNNING', 'SUCCEEDED'),
  ('NEEDS_ATTENTION', 'RUNNING'), ('NEEDS_ATTENTION', 'ROLLING_BACK'),
  ('ROLLING_BACK', 'ROLLED_BACK'), ('ROLLING_BACK', 'NEEDS_ATTENTION');
GRANT SELECT ON control.operation_transitions TO portal, operator, worker, auditor;

CREATE TABLE control.operations (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  operation_id text NOT NULL CHECK (operation_id ~ '^op_[0-9A-HJKMNP-TV-Z]{26}$'),
  kind text NOT NULL,
  state text NOT NULL DEFAULT 'REQUESTED' CHECK (state IN ('AWAITING_APPROVAL', 'REQUESTED')
    OR state IN ('RUNNING', 'NEEDS_ATTENTION', 'ROLLING_BACK', 'SUCCEEDED', 'ROLLED_BACK', 'REJECTED')),
  workflow_id text NOT NULL,
  -- Who asked, as `user:usr_…` or `operator:opr_…`.
  requested_by text NOT NULL,
  -- What the operation is about besides the tenant: ids only.
  subject jsonb NOT NULL DEFAULT '{}',
  attention_step text,
  attention_code text,
  attention_reason text,
  last_seq bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (tenant_id, operation_id),
  UNIQUE (operation_id),
  UNIQUE (workflow_id)
);
CREATE INDEX operations_open ON control.operations (state, created_at)
  WHERE state IN ('AWAITING_APPROVAL', 'REQUESTED', 'RUNNING', 'NEEDS_ATTENTION', 'ROLLING_BACK');
SELECT control.protect('control.operations');

CREATE TABLE control.operation_steps (
  tenant_id text NOT NULL,
  operation_id text NOT NULL,
  step text NOT NULL,
  position integer NOT NULL,
  stage integer NOT NULL,
  state text NOT NULL DEFAULT 'PENDING'
    CHECK (state IN ('PENDING', 'RUNNING', 'RETRYING', 'SUCCEEDED', 'FAILED', 'UNDOING', 'UNDONE', 'SKIPPED')),
  attempt integer NOT NULL DEFAULT 0,
  error_code text,
  error_message text,
  started_at timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (tenant_id, operation_id, step),
  FOREIGN KEY (tenant_id, operation_id) REFERENCES control.operations (tenant_id, operation_id)
);
SELECT control.protect('control.operation_steps');

-- What live pages stream, numbered without a gap per operation: the number is taken under the operation's row lock,
-- so a reader that has seen n never misses a smaller one.
CREATE TABLE control.operation_events (
  tenant_id text NOT NULL,
  operation_id text NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('step', 'operation')),
  step text,
  state text NOT NULL,
  attempt integer,
  error_code text,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, operation_id, seq),
  FOREIGN KEY (tenant_id, operation_id) REFERENCES control.operations (tenant_id, operation_id)
);
SELECT control.protect('control.operation_events');

DO $$
DECLARE target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['control.operations', 'control.operation_steps', 'control.operation_events'] LOOP
    EXECUTE format('CREATE POLICY portal_own ON %s FOR SELECT TO portal USING (tenant_id = control.current_tenant())', target);
    EXECUTE format('CREATE POLICY operator_reads ON %s FOR SELECT TO operator USING (true)', target);
    EXECUTE format('CREATE POLICY worker_own ON %s TO worker USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant())', target);
    EXECUTE format('GRANT SELECT ON %s TO portal, operator', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %s TO worker', target);
  END LOOP;
END $$;
REVOKE UPDATE ON control.operation_events FROM worker;
CREATE POLICY portal_requests ON control.operations FOR INSERT TO portal
  WITH CHECK (tenant_id = control.current_tenant() AND state IN ('AWAITING_APPROVAL', 'REQUESTED'));
CREATE POLICY operator_requests ON control.operations FOR INSERT TO operator
  WITH CHECK (tenant_id = control.current_tenant() AND state = 'REQUESTED');
CREATE POLICY operator_decides ON control.operations FOR UPDATE TO operator
  USING (tenant_id = control.current_tenant() AND state = 'AWAITING_APPROVAL')
  WITH CHECK (tenant_id = control.current_tenant() AND state IN ('REQUESTED', 'REJECTED'));
CREATE POLICY writer_events ON control.operation_events FOR INSERT TO portal, operator WITH CHECK (tenant_id = control.current_tenant());
GRANT INSERT (tenant_id, operation_id, kind, state, workflow_id, requested_by, subject) ON control.operations TO portal, operator;
GRANT UPDATE (state, last_seq, finished_at) ON control.operations TO operator;
GRANT INSERT ON control.operation_events TO portal, operator;

CREATE FUNCTION control.emit_operation_event(
  tenant text, operation text, event_kind text, event_step text, event_state text, event_attempt integer, event_error text, next_seq bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO control.operation_events (tenant_id, operation_id, seq, kind, step, state, attempt, error_code)
    VALUES (tenant, operation, next_seq, event_kind, event_step, event_state, event_attempt, event_error);
  PERFORM pg_notify('operation_events', operation || ':' || next_seq);
END $$;

-- Triggers run with the rights of whoever changes the row.
GRANT EXECUTE ON FUNCTION control.emit_operation_event(text, text, text, text, text, integer, text, bigint) TO operator, worker;

CREATE FUNCTION control.guard_operation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE other record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    -- One lock per tenant, held to the end of the transaction: two requests at once are decided one after the other.
    PERFORM pg_advisory_xact_lock(hashtextextended('operations:' || NEW.tenant_id, 0));
    SELECT o.operation_id, o.kind INTO other FROM control.operations o
      JOIN control.operation_exclusions x ON x.open_kind = o.kind AND x.requested_kind = NEW.kind
      WHERE o.tenant_id = NEW.tenant_id AND o.state IN ('AWAITING_APPROVAL', 'REQUESTED', 'RUNNING', 'NEEDS_ATTENTION', 'ROLLING_BACK')
      LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'operation % (%) of tenant % is still open', other.operation_id, other.kind, NEW.tenant_id USING ERRCODE = 'LH003';
    END IF;
  ELSIF NEW.state IS DISTINCT FROM OLD.state THEN
    IF NOT EXISTS (SELECT FROM control.operation_transitions t WHERE t.from_state = OLD.state AND t.to_state = NEW.state) THEN
      RAISE EXCEPTION 'operation % cannot go from % to %', NEW.operation_id, OLD.state, NEW.state USING ERRCODE = 'LH001';
    END IF;
    NEW.last_seq := OLD.last_seq + 1;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON control.operations FOR EACH ROW EXECUTE FUNCTION control.guard_operation();

CREATE FUNCTION control.announce_operation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM control.emit_operation_event(NEW.tenant_id, NEW.operation_id, 'operation', NEW.attention_step, NEW.state, NULL, NEW.attention_code, NEW.last_seq);
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER UPDATE ON control.operations FOR EACH ROW
  WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION control.announce_operation();

-- Steps are changed before their operation within a transaction, never after: one order of locks.
CREATE FUNCTION control.announce_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE next_seq bigint;
BEGIN
  UPDATE control.operations o SET last_seq = o.last_seq + 1
    WHERE o.tenant_id = NEW.tenant_id AND o.operation_id = NEW.operation_id RETURNING o.last_seq INTO STRICT next_seq;
  PERFORM control.emit_operation_event(NEW.tenant_id, NEW.operation_id, 'step', NEW.step, NEW.state, NEW.attempt, NEW.error_code, next_seq);
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER UPDATE ON control.operation_steps FOR EACH ROW
  WHEN ((NEW.state, NEW.attempt) IS DISTINCT FROM (OLD.state, OLD.attempt)) EXECUTE FUNCTION control.announce_step();
