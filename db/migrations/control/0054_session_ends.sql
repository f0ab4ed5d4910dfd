-- An operator signs a person out everywhere: asked here, and done by the portal, the only one that has the people's sessions. Whose they are
-- stands here until it is done; the tenant's audit log has it for as long as the person is not erased.
INSERT INTO control.operator_permissions VALUES ('operator', 'sessions:end'), ('security', 'sessions:end'), ('admin', 'sessions:end');

CREATE TABLE control.session_ends (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  request_id text NOT NULL CHECK (request_id ~ '^req_'),
  user_id text,
  requested_by text NOT NULL,
  reason text NOT NULL CHECK (length(reason) <= 500),
  requested_at timestamptz NOT NULL DEFAULT now(),
  -- How many there were.
  sessions integer,
  ended_at timestamptz,
  PRIMARY KEY (tenant_id, request_id),
  CHECK ((ended_at IS NULL) = (user_id IS NOT NULL) AND (ended_at IS NULL) = (sessions IS NULL))
);
CREATE UNIQUE INDEX session_ends_once ON control.session_ends (tenant_id, user_id);
CREATE INDEX session_ends_open ON control.session_ends (requested_at) WHERE ended_at IS NULL;
SELECT control.protect('control.session_ends');
CREATE POLICY operator_reads ON control.session_ends FOR SELECT TO operator USING (true);
-- Somebody of this tenant, and nobody else.
CREATE POLICY operator_asks ON control.session_ends FOR INSERT TO operator WITH CHECK (
  tenant_id = control.current_tenant()
  AND EXISTS (SELECT FROM control.members m WHERE m.tenant_id = session_ends.tenant_id AND m.user_id = session_ends.user_id)
);
-- Outside of any tenant's transaction the portal finds what is asked, whoever's it is: see the register of exceptions in docs/security.md.
CREATE POLICY portal_finds ON control.session_ends FOR SELECT TO portal
  USING (tenant_id = control.current_tenant() OR (control.current_tenant() IS NULL AND ended_at IS NULL));
CREATE POLICY portal_answers ON control.session_ends FOR UPDATE TO portal
  USING (tenant_id = control.current_tenant() AND ended_at IS NULL) WITH CHECK (tenant_id = control.current_tenant());
REVOKE SELECT ON control.session_ends FROM auditor;
GRANT SELECT (tenant_id, request_id, requested_by, requested_at, sessions, ended_at) ON control.session_ends TO auditor;
GRANT SELECT, INSERT (tenant_id, request_id, user_id, requested_by, reason) ON control.session_ends TO operator;
GRANT SELECT, UPDATE (user_id, sessions, ended_at) ON control.session_ends TO portal;
CREATE TRIGGER permitted BEFORE INSERT ON control.session_ends FOR EACH ROW
  WHEN (current_user = 'operator') EXECUTE FUNCTION control.require_permission('requested_by', 'sessions:end');

CREATE FUNCTION control.announce_session_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('session_ends', NEW.tenant_id);
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON control.session_ends FOR EACH ROW EXECUTE FUNCTION control.announce_session_end();

-- An admin signs another operator out everywhere. Rows are added, never changed.
CREATE TABLE control.operator_session_ends (
  operator_id text NOT NULL,
  request_id text NOT NULL CHECK (request_id ~ '^req_'),
  ended_by text NOT NULL CHECK (ended_by <> 'operator:' || operator_id),
  reason text NOT NULL CHECK (length(reason) <= 500),
  ended_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (operator_id, request_id)
);
SELECT control.protect('control.operator_session_ends');
CREATE POLICY operator_reads ON control.operator_session_ends FOR SELECT TO operator USING (true);
CREATE POLICY operator_appends ON control.operator_session_ends FOR INSERT TO operator WITH CHECK (control.current_tenant() IS NULL);
GRANT SELECT, INSERT (operator_id, request_id, ended_by, reason) ON control.operator_session_ends TO operator;
CREATE TRIGGER permitted BEFORE INSERT ON control.operator_session_ends FOR EACH ROW
  WHEN (current_user = 'operator') EXECUTE FUNCTION control.require_permission('ended_by', 'operators:manage');
