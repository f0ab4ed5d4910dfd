-- The one door: portal and console write what they want, the dispatcher carries it to Temporal.
CREATE TABLE control.commands (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  command_id text NOT NULL CHECK (command_id LIKE 'cmd\_%'),
  operation_id text NOT NULL,
  kind text NOT NULL,
  idempotency_key text NOT NULL UNIQUE,
  body_hash text NOT NULL,
  actor text NOT NULL,
  request_id text NOT NULL,
  reason text,
  payload jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'DISPATCHED', 'REFUSED')),
  attempts integer NOT NULL DEFAULT 0,
  refusal text,
  created_at timestamptz NOT NULL DEFAULT now(),
  dispatched_at timestamptz,
  PRIMARY KEY (tenant_id, command_id),
  FOREIGN KEY (tenant_id, operation_id) REFERENCES control.operations (tenant_id, operation_id)
);
CREATE INDEX commands_pending ON control.commands (created_at) WHERE state = 'PENDING';
SELECT control.protect('control.commands');
CREATE POLICY portal_own ON control.commands FOR SELECT TO portal USING (tenant_id = control.current_tenant());
CREATE POLICY portal_asks ON control.commands FOR INSERT TO portal WITH CHECK (tenant_id = control.current_tenant() AND state = 'PENDING');
CREATE POLICY operator_reads ON control.commands FOR SELECT TO operator USING (true);
CREATE POLICY operator_asks ON control.commands FOR INSERT TO operator WITH CHECK (tenant_id = control.current_tenant() AND state = 'PENDING');
-- The dispatcher sweeps the commands of every tenant: see the register of exceptions in docs/security.md.
CREATE POLICY worker_dispatches ON control.commands FOR SELECT TO worker USING (true);
CREATE POLICY worker_settles ON control.commands FOR UPDATE TO worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON control.commands TO portal, operator;
GRANT SELECT, UPDATE (state, attempts, refusal, dispatched_at) ON control.commands TO worker;

CREATE FUNCTION control.announce_command() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('commands', NEW.command_id);
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON control.commands FOR EACH ROW EXECUTE FUNCTION control.announce_command();

-- Facts for other systems, written in the transaction that makes them true.
CREATE TABLE control.outbox (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  event_id text NOT NULL CHECK (event_id LIKE 'evt\_%'),
  type text NOT NULL,
  operation_id text,
  payload jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz,
  PRIMARY KEY (tenant_id, event_id)
);
-- One activation per operation, however often the step runs.
CREATE UNIQUE INDEX outbox_once ON control.outbox (tenant_id, operation_id, type) WHERE operation_id IS NOT NULL;
SELECT control.protect('control.outbox');
CREATE POLICY portal_emits ON control.outbox FOR INSERT TO portal WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY operator_reads ON control.outbox FOR SELECT TO operator USING (true);
CREATE POLICY worker_own ON control.outbox TO worker USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT INSERT ON control.outbox TO portal;
GRANT SELECT ON control.outbox TO operator;
GRANT SELECT, INSERT, UPDATE (published_at) ON control.outbox TO worker;

-- Who did what to what. Rows are added, never changed; no foreign key, so that the log outlives what it tells of.
CREATE TABLE control.audit (
  tenant_id text NOT NULL,
  audit_id text NOT NULL CHECK (audit_id LIKE 'aud\_%'),
  actor text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  request_id text NOT NULL,
  operation_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, audit_id)
);
CREATE INDEX audit_by_time ON control.audit (tenant_id, created_at DESC, audit_id DESC);
CREATE UNIQUE INDEX audit_once ON control.audit (tenant_id, operation_id, action, target) WHERE operation_id IS NOT NULL AND actor LIKE 'system:%';
SELECT control.protect('control.audit');
CREATE POLICY portal_own ON control.audit FOR SELECT TO portal USING (tenant_id = control.current_tenant());
CREATE POLICY operator_reads ON control.audit FOR SELECT TO operator USING (true);
CREATE POLICY worker_own ON control.audit FOR SELECT TO worker USING (tenant_id = control.current_tenant());
CREATE POLICY writer_appends ON control.audit FOR INSERT TO portal, operator, worker WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT, INSERT ON control.audit TO portal, operator, worker;

-- Mail waiting to be sent, sealed to the worker's public key: whoever writes a row, or reads the table, cannot open it.
CREATE TABLE control.mail_outbox (
  mail_id text PRIMARY KEY CHECK (mail_id LIKE 'mail\_%'),
  dedupe_key text NOT NULL UNIQUE,
  tenant_id text,
  template text NOT NULL,
  sealed text,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  -- The content goes when the mail has gone.
  CHECK ((sent_at IS NULL) = (sealed IS NOT NULL))
);
CREATE INDEX mail_outbox_due ON control.mail_outbox (next_attempt_at) WHERE sent_at IS NULL;
SELECT control.protect('control.mail_outbox');
CREATE POLICY writer_queues ON control.mail_outbox FOR INSERT TO portal, operator, worker
  WITH CHECK (tenant_id IS NULL OR tenant_id = control.current_tenant());
CREATE POLICY worker_sends ON control.mail_outbox FOR SELECT TO worker USING (true);
CREATE POLICY worker_settles ON control.mail_outbox FOR UPDATE TO worker USING (true) WITH CHECK (true);
GRANT INSERT ON control.mail_outbox TO portal, operator, worker;
GRANT SELECT, UPDATE (sealed, attempts, next_attempt_at, last_error, sent_at) ON control.mail_outbox TO worker;

CREATE FUNCTION control.announce_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('mail', NEW.mail_id);
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON control.mail_outbox FOR EACH ROW EXECUTE FUNCTION control.announce_mail();
