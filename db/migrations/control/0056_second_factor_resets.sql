-- Somebody who has lost the app and the recovery codes is let in again: an operator asks and says how they were identified, another one
-- agrees within seven days, and the portal, the only one that has second factors, takes theirs away. Whose it is stands here until it is over.
INSERT INTO control.operator_permissions VALUES ('security', 'second-factors:reset'), ('admin', 'second-factors:reset');

CREATE TABLE control.second_factor_resets (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  reset_id text NOT NULL CHECK (reset_id LIKE 'sfr\_%'),
  user_id text,
  requested_by text NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  requested_at timestamptz NOT NULL DEFAULT now(),
  approved_by text,
  approved_at timestamptz,
  rejected_by text,
  rejected_at timestamptz,
  decision_reason text CHECK (length(decision_reason) BETWEEN 1 AND 500),
  -- What the portal found before it took anything away, so that an attempt that is repeated takes nothing newer.
  looked_at timestamptz,
  factor_id text,
  outcome text CHECK (outcome IN ('removed', 'none', 'expired')),
  sessions integer,
  ended_at timestamptz,
  PRIMARY KEY (tenant_id, reset_id),
  -- Somebody of this tenant; forgotten when they leave it.
  FOREIGN KEY (tenant_id, user_id) REFERENCES control.members (tenant_id, user_id) ON DELETE SET NULL (user_id),
  CHECK (approved_by <> requested_by),
  CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
  CHECK ((rejected_by IS NULL) = (rejected_at IS NULL)),
  CHECK (approved_by IS NULL OR rejected_by IS NULL),
  CHECK ((decision_reason IS NULL) = (approved_by IS NULL AND rejected_by IS NULL)),
  CHECK (approved_at < requested_at + interval '7 days'),
  CHECK ((ended_at IS NULL) = (outcome IS NULL) AND (ended_at IS NULL) = (sessions IS NULL)),
  CHECK (outcome IS NULL OR (outcome = 'expired') = (approved_by IS NULL)),
  CHECK (user_id IS NULL OR (rejected_at IS NULL AND ended_at IS NULL))
);
CREATE UNIQUE INDEX second_factor_resets_once ON control.second_factor_resets (tenant_id, user_id);
CREATE INDEX second_factor_resets_open ON control.second_factor_resets (requested_at) WHERE user_id IS NOT NULL;
SELECT control.protect('control.second_factor_resets');
CREATE POLICY operator_reads ON control.second_factor_resets FOR SELECT TO operator USING (true);
CREATE POLICY operator_asks ON control.second_factor_resets FOR INSERT TO operator WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY operator_decides ON control.second_factor_resets FOR UPDATE TO operator
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
-- Outside of any tenant's transaction the portal finds what is open, whoever's it is: see the register of exceptions in docs/security.md.
CREATE POLICY portal_finds ON control.second_factor_resets FOR SELECT TO portal
  USING (tenant_id = control.current_tenant() OR (control.current_tenant() IS NULL AND user_id IS NOT NULL));
CREATE POLICY portal_answers ON control.second_factor_resets FOR UPDATE TO portal
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
REVOKE SELECT ON control.second_factor_resets FROM auditor;
GRANT SELECT (tenant_id, reset_id, requested_by, requested_at, approved_by, approved_at, rejected_by, rejected_at, outcome, sessions, ended_at)
  ON control.second_factor_resets TO auditor;
GRANT SELECT, INSERT (tenant_id, reset_id, user_id, requested_by, reason), UPDATE (approved_by, approved_at, rejected_by, rejected_at, decision_reason)
  ON control.second_factor_resets TO operator;
GRANT SELECT, UPDATE (looked_at, factor_id, outcome, sessions, ended_at) ON control.second_factor_resets TO portal;

-- Decided once and answered once; whose it was is forgotten with that.
CREATE FUNCTION control.guard_second_factor_reset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.rejected_at IS NOT NULL OR OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'reset % is over', NEW.reset_id USING ERRCODE = 'LH001';
  END IF;
  IF OLD.approved_at IS NOT NULL AND (NEW.approved_by IS DISTINCT FROM OLD.approved_by OR NEW.rejected_by IS NOT NULL) THEN
    RAISE EXCEPTION 'reset % was approved before', NEW.reset_id USING ERRCODE = 'LH001';
  END IF;
  IF NEW.rejected_at IS NOT NULL OR NEW.ended_at IS NOT NULL OR NEW.user_id IS NULL THEN
    NEW.user_id := NULL;
    NEW.factor_id := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON control.second_factor_resets FOR EACH ROW EXECUTE FUNCTION control.guard_second_factor_reset();

CREATE TRIGGER permitted_asking BEFORE INSERT ON control.second_factor_resets FOR EACH ROW
  WHEN (current_user = 'operator') EXECUTE FUNCTION control.require_permission('requested_by', 'second-factors:reset');
CREATE TRIGGER permitted_approval BEFORE UPDATE ON control.second_factor_resets FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.approved_by IS DISTINCT FROM OLD.approved_by)
  EXECUTE FUNCTION control.require_permission('approved_by', 'second-factors:reset');
CREATE TRIGGER permitted_rejection BEFORE UPDATE ON control.second_factor_resets FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.rejected_by IS DISTINCT FROM OLD.rejected_by)
  EXECUTE FUNCTION control.require_permission('rejected_by', 'second-factors:reset');
-- A wish that waits for a second operator counts while whoever had it could still have it.
CREATE TRIGGER permitted_request BEFORE UPDATE ON control.second_factor_resets FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.approved_by IS DISTINCT FROM OLD.approved_by)
  EXECUTE FUNCTION control.require_permission('requested_by', 'second-factors:reset');

CREATE FUNCTION control.announce_second_factor_reset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('second_factor_resets', NEW.tenant_id);
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER UPDATE OF approved_by ON control.second_factor_resets FOR EACH ROW
  EXECUTE FUNCTION control.announce_second_factor_reset();

-- An admin takes another operator's second factor away, which signs them out everywhere as well.
ALTER TABLE control.operator_session_ends ADD COLUMN second_factor boolean NOT NULL DEFAULT false;
GRANT INSERT (second_factor) ON control.operator_session_ends TO operator;
