-- What an operator may do, by role: the same as operatorScopes in packages/domain, and decided here as well as in the console.
CREATE TABLE control.operator_permissions (
  role text NOT NULL,
  permission text NOT NULL,
  PRIMARY KEY (role, permission)
);
INSERT INTO control.operator_permissions VALUES
  ('support', 'tenants:read'), ('support', 'invitations:resend'),
  ('operator', 'tenants:read'), ('operator', 'invitations:resend'), ('operator', 'tenants:onboard'), ('operator', 'tenants:close'),
  ('operator', 'operations:run'),
  ('security', 'tenants:read'), ('security', 'legal-holds:manage'), ('security', 'payloads:read'),
  ('admin', 'tenants:read'), ('admin', 'invitations:resend'), ('admin', 'tenants:onboard'), ('admin', 'tenants:close'),
  ('admin', 'operations:run'), ('admin', 'legal-holds:manage'), ('admin', 'payloads:read'), ('admin', 'operators:manage');
GRANT SELECT ON control.operator_permissions TO operator, auditor;

-- Who has which role, and who gave it: the last row of an operator holds. Rows are added, never changed. Nobody changes their own role, so
-- that one admin is always left.
CREATE TABLE control.operator_roles (
  operator_id text NOT NULL,
  seq integer NOT NULL CHECK (seq > 0),
  role text NOT NULL CHECK (role IN ('support', 'operator', 'security', 'admin')),
  changed_by text NOT NULL CHECK (changed_by <> 'operator:' || operator_id),
  reason text CHECK (length(reason) <= 500),
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (operator_id, seq)
);
SELECT control.protect('control.operator_roles');
CREATE POLICY operator_reads ON control.operator_roles FOR SELECT TO operator USING (true);
CREATE POLICY operator_appends ON control.operator_roles FOR INSERT TO operator WITH CHECK (control.current_tenant() IS NULL);
GRANT SELECT, INSERT (operator_id, seq, role, changed_by, reason) ON control.operator_roles TO operator;
-- Whoever signs in today could do everything until now.
INSERT INTO control.operator_roles (operator_id, seq, role, changed_by) SELECT id, 1, 'admin', 'system:migration' FROM console_identity.operators;

CREATE FUNCTION control.operator_holds(actor text, wanted text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM control.operator_permissions p WHERE p.permission = wanted AND p.role = (
      SELECT r.role FROM control.operator_roles r WHERE actor = 'operator:' || r.operator_id ORDER BY r.seq DESC LIMIT 1
    )
  )
$$;
REVOKE EXECUTE ON FUNCTION control.operator_holds(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION control.operator_holds(text, text) TO operator;

-- Given the column that names who acts, and what it takes.
CREATE FUNCTION control.require_permission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT control.operator_holds(coalesce(to_jsonb(NEW) ->> TG_ARGV[0], ''), TG_ARGV[1]) THEN
    RAISE EXCEPTION 'the role of the operator does not hold %', TG_ARGV[1] USING ERRCODE = 'LH032', DETAIL = TG_ARGV[1];
  END IF;
  RETURN NEW;
END $$;

-- An operator's first role comes with the account, which the sign-in's own login makes.
CREATE TRIGGER permitted BEFORE INSERT ON control.operator_roles FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.seq > 1) EXECUTE FUNCTION control.require_permission('changed_by', 'operators:manage');

CREATE TRIGGER permitted_onboarding BEFORE INSERT ON control.commands FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.kind = 'onboard-tenant') EXECUTE FUNCTION control.require_permission('actor', 'tenants:onboard');
CREATE TRIGGER permitted_closing BEFORE INSERT ON control.commands FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.kind IN ('preview-offboarding', 'offboard-tenant'))
  EXECUTE FUNCTION control.require_permission('actor', 'tenants:close');
-- One that wakes a closing comes with a change of its hold or with a legal hold, which are asked about themselves.
CREATE TRIGGER permitted_operation BEFORE INSERT ON control.commands FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.kind NOT IN ('onboard-tenant', 'preview-offboarding', 'offboard-tenant', 'change-offboarding'))
  EXECUTE FUNCTION control.require_permission('actor', 'operations:run');

CREATE TRIGGER permitted BEFORE INSERT ON control.hold_changes FOR EACH ROW
  WHEN (current_user = 'operator') EXECUTE FUNCTION control.require_permission('actor', 'tenants:close');
CREATE TRIGGER permitted BEFORE UPDATE ON control.offboardings FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.approved_by IS DISTINCT FROM OLD.approved_by)
  EXECUTE FUNCTION control.require_permission('approved_by', 'tenants:close');
CREATE TRIGGER permitted_placing BEFORE INSERT ON control.legal_holds FOR EACH ROW
  WHEN (current_user = 'operator') EXECUTE FUNCTION control.require_permission('placed_by', 'legal-holds:manage');
CREATE TRIGGER permitted_releasing BEFORE UPDATE ON control.legal_holds FOR EACH ROW
  WHEN (current_user = 'operator') EXECUTE FUNCTION control.require_permission('released_by', 'legal-holds:manage');

-- What leaves nothing else that names who did it.
CREATE TRIGGER permitted_rejection BEFORE INSERT ON control.audit FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.action = 'onboarding.rejected') EXECUTE FUNCTION control.require_permission('actor', 'tenants:onboard');
CREATE TRIGGER permitted_refusal BEFORE INSERT ON control.audit FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.action = 'offboarding.rejected') EXECUTE FUNCTION control.require_permission('actor', 'tenants:close');
CREATE TRIGGER permitted_invitation BEFORE INSERT ON control.audit FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.action = 'invitation.renewed')
  EXECUTE FUNCTION control.require_permission('actor', 'invitations:resend');
CREATE TRIGGER permitted_reading BEFORE INSERT ON control.audit FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.action = 'payloads.read') EXECUTE FUNCTION control.require_permission('actor', 'payloads:read');
CREATE TRIGGER permitted BEFORE INSERT ON control.payload_reads FOR EACH ROW
  WHEN (current_user = 'operator') EXECUTE FUNCTION control.require_permission('actor', 'payloads:read');
