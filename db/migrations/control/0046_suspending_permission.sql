-- Suspending a tenant and ending that is a permission of its own: security shuts a tenant out without running anything else.
INSERT INTO control.operator_permissions VALUES ('operator', 'tenants:suspend'), ('security', 'tenants:suspend'), ('admin', 'tenants:suspend');

CREATE TRIGGER permitted_suspension BEFORE INSERT ON control.commands FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.kind IN ('suspend-tenant', 'resume-tenant'))
  EXECUTE FUNCTION control.require_permission('actor', 'tenants:suspend');

-- The rest, as before. One that wakes a closing comes with a change of its hold or with a legal hold, which are asked about themselves.
DROP TRIGGER permitted_operation ON control.commands;
CREATE TRIGGER permitted_operation BEFORE INSERT ON control.commands FOR EACH ROW
  WHEN (current_user = 'operator'
    AND NEW.kind NOT IN ('onboard-tenant', 'preview-offboarding', 'offboard-tenant', 'change-offboarding', 'suspend-tenant', 'resume-tenant'))
  EXECUTE FUNCTION control.require_permission('actor', 'operations:run');
