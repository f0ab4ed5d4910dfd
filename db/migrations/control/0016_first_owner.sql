-- A tenant that becomes ACTIVE for the first time has somebody who owns it, or is invited to: whatever code runs.
CREATE FUNCTION control.guard_first_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM control.members m WHERE m.tenant_id = NEW.tenant_id AND m.role = 'owner')
    AND NOT EXISTS (
      SELECT FROM control.invitations i WHERE i.tenant_id = NEW.tenant_id AND i.role = 'owner' AND i.state IN ('HELD', 'PENDING')
    ) THEN
    RAISE EXCEPTION 'tenant % is not whole: nobody owns it', NEW.tenant_id USING ERRCODE = 'LH002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_first_owner BEFORE UPDATE ON control.tenants FOR EACH ROW
  WHEN (OLD.state = 'PROVISIONING' AND NEW.state = 'ACTIVE') EXECUTE FUNCTION control.guard_first_owner();

-- An onboarding that is rolled back leaves nobody's address behind.
GRANT DELETE ON control.invitations TO worker;
