-- An operator who is deactivated holds nothing, whatever their role; reactivated, they have it again. The last row holds, as for roles.
ALTER TABLE control.operator_roles ADD COLUMN active boolean NOT NULL DEFAULT true;
GRANT INSERT (active) ON control.operator_roles TO operator;

CREATE OR REPLACE FUNCTION control.operator_holds(actor text, wanted text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM control.operator_permissions p JOIN (
      SELECT r.role, r.active FROM control.operator_roles r WHERE actor = 'operator:' || r.operator_id ORDER BY r.seq DESC LIMIT 1
    ) last ON p.role = last.role AND last.active
    WHERE p.permission = wanted
  )
$$;

-- Changes come one after the other, and an active admin is always left: two who take it from each other at once leave one.
CREATE FUNCTION control.guard_last_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('operator-roles', 0));
  IF NOT EXISTS (
    SELECT FROM (
      SELECT DISTINCT ON (r.operator_id) r.operator_id, r.role, r.active FROM control.operator_roles r ORDER BY r.operator_id, r.seq DESC
    ) last WHERE last.operator_id <> NEW.operator_id AND last.role = 'admin' AND last.active
  ) THEN
    RAISE EXCEPTION 'no admin would be left' USING ERRCODE = 'LH033';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_last_admin BEFORE INSERT ON control.operator_roles FOR EACH ROW
  WHEN (NEW.seq > 1 AND (NEW.role <> 'admin' OR NOT NEW.active)) EXECUTE FUNCTION control.guard_last_admin();

-- A wish that waits for a second operator counts while whoever had it could still have it.
CREATE TRIGGER permitted_request BEFORE UPDATE ON control.offboardings FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.approved_by IS DISTINCT FROM OLD.approved_by AND NEW.requested_by LIKE 'operator:%')
  EXECUTE FUNCTION control.require_permission('requested_by', 'tenants:close');
CREATE TRIGGER permitted_request BEFORE UPDATE ON control.key_losses FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.approved_by IS DISTINCT FROM OLD.approved_by)
  EXECUTE FUNCTION control.require_permission('requested_by', 'tenants:close');
